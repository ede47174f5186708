package io.serai.gateway.coap;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Values of the Echo option (RFC 9175 §2.2): whoever sends one back has received it at its address,
 * a few minutes ago at most. They need no memory: a value is a keyed hash of address and time. One
 * for the node.
 */
final class EchoValues {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int LENGTH = 8;
  private static final long PERIOD_MILLIS = TimeUnit.MINUTES.toMillis(2);

  private final SecretKeySpec secret;

  EchoValues(byte[] secret) {
    this.secret = new SecretKeySpec(secret, ALGORITHM);
  }

  /** With a secret of its own, which does not outlive the node. */
  static EchoValues random() {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    return new EchoValues(secret);
  }

  /** The value for the peer at {@code address} now. */
  CoapOption issue(String address, long nowMillis) {
    return CoapOption.of(CoapOption.ECHO, of(address, nowMillis / PERIOD_MILLIS));
  }

  /** Whether it was issued to this peer in this period or the one before. */
  boolean isGood(CoapOption echo, String address, long nowMillis) {
    byte[] value = echo.value();
    long period = nowMillis / PERIOD_MILLIS;
    return isEqual(value, of(address, period)) || isEqual(value, of(address, period - 1));
  }

  private static boolean isEqual(byte[] one, byte[] other) {
    return MessageDigest.isEqual(one, other);
  }

  private byte[] of(String address, long period) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      mac.update(Long.toString(period).getBytes(StandardCharsets.US_ASCII));
      mac.update((byte) ' ');
      return Arrays.copyOf(mac.doFinal(address.getBytes(StandardCharsets.UTF_8)), LENGTH);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
