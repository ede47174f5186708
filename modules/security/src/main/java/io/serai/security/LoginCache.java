package io.serai.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for a short time that a password was right, so that a fleet that connects with the same
 * credentials pays for hashing once.
 *
 * <p>What is kept is HMAC-SHA-256, under a key that this process draws at start, of the user, the
 * verifier and the password: it says nothing about the password, and a user whose password changes
 * has another verifier and so other entries. Only successes are kept.
 *
 * <p>A table of fixed size in which a newer entry takes the place of an older one; no lock, so any
 * event loop may ask.
 */
final class LoginCache {
  /** A mark of one user, verifier and password; two marks are equal only if all three are. */
  record Mark(long a, long b, long c, long d) {}

  private record Entry(Mark mark, long expiresNanos) {}

  private final AtomicReferenceArray<@Nullable Entry> entries;
  private final long ttlNanos;
  private final LongSupplier nanoClock;
  private final Mac keyed;

  /**
   * @param slots how many logins are remembered at most, a power of two; about 100 bytes each
   * @param ttl how long; zero remembers nothing
   * @param nanoClock {@link System#nanoTime} but in tests
   */
  LoginCache(int slots, Duration ttl, LongSupplier nanoClock) {
    if (Integer.bitCount(slots) != 1) {
      throw new IllegalArgumentException("slots is " + slots + ", not a power of two");
    }
    this.entries = new AtomicReferenceArray<>(slots);
    this.ttlNanos = ttl.toNanos();
    this.nanoClock = nanoClock;
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    try {
      keyed = Mac.getInstance("HmacSHA256");
      keyed.init(new SecretKeySpec(key, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks HmacSHA256", e);
    }
  }

  /** The mark under which this login is remembered. Takes about a microsecond. */
  Mark mark(String user, ScramSha256 verifier, String password) {
    Mac mac;
    try {
      mac = (Mac) keyed.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("this JDK's HmacSHA256 cannot be cloned", e);
    }
    byte[] name = user.getBytes(StandardCharsets.UTF_8);
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(name.length).flip());
    mac.update(name);
    mac.update(verifier.storedKey());
    mac.update(password.getBytes(StandardCharsets.UTF_8));
    ByteBuffer sum = ByteBuffer.wrap(mac.doFinal());
    return new Mark(sum.getLong(), sum.getLong(), sum.getLong(), sum.getLong());
  }

  /** Whether this login was right a short time ago. */
  boolean holds(Mark mark) {
    Entry entry = entries.get(slot(mark));
    return entry != null
        && entry.mark.equals(mark)
        && entry.expiresNanos - nanoClock.getAsLong() > 0;
  }

  /** Remembers a login that was right. */
  void add(Mark mark) {
    if (ttlNanos > 0) {
      entries.set(slot(mark), new Entry(mark, nanoClock.getAsLong() + ttlNanos));
    }
  }

  private int slot(Mark mark) {
    return (int) mark.a & (entries.length() - 1);
  }
}
