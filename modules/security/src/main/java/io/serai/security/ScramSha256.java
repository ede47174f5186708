package io.serai.security;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a password: a SCRAM-SHA-256 verifier (RFC 5802 §3, RFC 7677). It checks a
 * password that comes in the clear (SASL PLAIN, MQTT CONNECT) and is what a SCRAM exchange needs;
 * it does not tell the password. Immutable.
 *
 * <p>Written form: {@code scram-sha-256$<iterations>$<salt>$<stored key>$<server key>}, binary
 * parts in base64.
 */
public final class ScramSha256 {
  /**
   * Rounds for verifiers that are stored, about 4 ms of one core: they are all an attacker has who
   * reads the file, while each login that is not in {@link LoginCache} pays them once.
   */
  public static final int STORED_ITERATIONS = 16_384;

  /**
   * Rounds for passwords that stand in the configuration in plain text: the least RFC 7677 §4
   * allows, about 1 ms, because there is nothing left to protect.
   */
  public static final int PLAIN_TEXT_ITERATIONS = 4096;

  private static final int MAX_ITERATIONS = 10_000_000;
  private static final int SALT_BYTES = 16;
  private static final int KEY_BYTES = 32;
  private static final String PREFIX = "scram-sha-256";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final int iterations;
  private final byte[] salt;
  private final byte[] storedKey;
  private final byte[] serverKey;

  private ScramSha256(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
    this.iterations = iterations;
    this.salt = salt;
    this.storedKey = storedKey;
    this.serverKey = serverKey;
  }

  /**
   * A new verifier with a random salt. Takes milliseconds: never call it on an event loop.
   *
   * @param password not empty
   * @param iterations PBKDF2 rounds, 4096 to 10_000_000
   */
  public static ScramSha256 create(String password, int iterations) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    return create(password, iterations, salt);
  }

  /** A verifier with the salt that {@code name} always has under {@code secret}. */
  static ScramSha256 create(String password, int iterations, String name, SaltSecret secret) {
    return create(password, iterations, secret.saltOf(name, SALT_BYTES));
  }

  private static ScramSha256 create(String password, int iterations, byte[] salt) {
    if (password.isEmpty()) {
      throw new IllegalArgumentException("the password is empty");
    }
    requireIterations(iterations);
    byte[] salted = saltedPassword(password, salt, iterations);
    return new ScramSha256(iterations, salt, storedKeyOf(salted), hmac(salted, "Server Key"));
  }

  /**
   * A verifier that no password passes, as costly as a real one: checked for unknown users so that
   * an answer takes as long whether the user exists or not.
   */
  static ScramSha256 decoy(int iterations) {
    return decoy(iterations, SALT_BYTES);
  }

  /** A decoy that looks like {@code real} in what a SCRAM client is told. */
  static ScramSha256 decoyOf(ScramSha256 real) {
    return decoy(real.iterations, real.salt.length);
  }

  private static ScramSha256 decoy(int iterations, int saltBytes) {
    byte[] random = new byte[saltBytes + 2 * KEY_BYTES];
    RANDOM.nextBytes(random);
    return new ScramSha256(
        iterations,
        Arrays.copyOf(random, saltBytes),
        Arrays.copyOfRange(random, saltBytes, saltBytes + KEY_BYTES),
        Arrays.copyOfRange(random, saltBytes + KEY_BYTES, random.length));
  }

  /**
   * Reads the written form.
   *
   * @throws IllegalArgumentException saying which part is wrong, without repeating it
   */
  public static ScramSha256 parse(String written) {
    String[] parts = written.split("\\$", -1);
    if (parts.length != 5 || !parts[0].equalsIgnoreCase(PREFIX)) {
      throw new IllegalArgumentException(
          "not a verifier of the form scram-sha-256$iterations$salt$storedkey$serverkey");
    }
    int iterations;
    try {
      iterations = Integer.parseInt(parts[1]);
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException("the verifier's iterations are not a number");
    }
    requireIterations(iterations);
    return new ScramSha256(
        iterations,
        decoded("salt", parts[2], 8, 1024),
        decoded("stored key", parts[3], KEY_BYTES, KEY_BYTES),
        decoded("server key", parts[4], KEY_BYTES, KEY_BYTES));
  }

  private static void requireIterations(int iterations) {
    if (iterations < PLAIN_TEXT_ITERATIONS || iterations > MAX_ITERATIONS) {
      throw new IllegalArgumentException(
          iterations + " iterations; allowed are 4096 (RFC 7677) to " + MAX_ITERATIONS);
    }
  }

  private static byte[] decoded(String part, String base64, int minBytes, int maxBytes) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      throw new IllegalArgumentException("the verifier's " + part + " is not base64");
    }
    if (bytes.length < minBytes || bytes.length > maxBytes) {
      throw new IllegalArgumentException(
          "the verifier's "
              + part
              + " has "
              + bytes.length
              + " bytes, at least "
              + minBytes
              + " and at most "
              + maxBytes
              + " are right");
    }
    return bytes;
  }

  /**
   * Whether {@code password} is the one this verifier was made of. Takes milliseconds: never call
   * it on an event loop. The time does not depend on where the password differs.
   */
  public boolean verifies(String password) {
    byte[] salted = saltedPassword(password, salt, iterations);
    boolean isRight = MessageDigest.isEqual(storedKeyOf(salted), storedKey);
    return isRight && !password.isEmpty(); // whoever wrote the verifier: no login without password
  }

  /** PBKDF2 rounds. */
  public int iterations() {
    return iterations;
  }

  /** A copy of the salt, which a SCRAM exchange sends to the client. */
  public byte[] salt() {
    return salt.clone();
  }

  /** A copy of the server key, with which a SCRAM server signs (RFC 5802 §3). */
  public byte[] serverKey() {
    return serverKey.clone();
  }

  /** A copy of the stored key, with which a SCRAM client's proof is checked (RFC 5802 §3). */
  public byte[] storedKey() {
    return storedKey.clone();
  }

  /**
   * Whether a SCRAM client's proof is that of somebody who knows the password (RFC 5802 §3). Takes
   * microseconds, the same for every proof of the right length.
   */
  boolean isProvedBy(byte[] proof, byte[] authMessage) {
    if (proof.length != KEY_BYTES) {
      return false;
    }
    byte[] clientKey = hmac(storedKey, authMessage);
    for (int i = 0; i < KEY_BYTES; i++) {
      clientKey[i] ^= proof[i];
    }
    return MessageDigest.isEqual(sha256(clientKey), storedKey);
  }

  /** What proves to a SCRAM client that the server has this verifier (RFC 5802 §3). */
  byte[] signature(byte[] authMessage) {
    return hmac(serverKey, authMessage);
  }

  /** A decoy as costly as this one, whose salt {@code name} always has under {@code secret}. */
  ScramSha256 named(String name, SaltSecret secret) {
    return new ScramSha256(iterations, secret.saltOf(name, salt.length), storedKey, serverKey);
  }

  /** The form that {@link #parse} reads. As secret as any password hash. */
  public String written() {
    Base64.Encoder base64 = Base64.getEncoder();
    return String.join(
        "$",
        PREFIX,
        Integer.toString(iterations),
        base64.encodeToString(salt),
        base64.encodeToString(storedKey),
        base64.encodeToString(serverKey));
  }

  private static byte[] saltedPassword(String password, byte[] salt, int iterations) {
    PBEKeySpec spec =
        new PBEKeySpec(
            SaslPrep.prepare(password).toCharArray(), salt, iterations, KEY_BYTES * Byte.SIZE);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks PBKDF2WithHmacSHA256", e);
    } finally {
      spec.clearPassword();
    }
  }

  private static byte[] storedKeyOf(byte[] saltedPassword) {
    return sha256(hmac(saltedPassword, "Client Key"));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    return hmac(key, text.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] hmac(byte[] key, byte[] text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks HmacSHA256", e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScramSha256 that
        && iterations == that.iterations
        && Arrays.equals(salt, that.salt)
        && MessageDigest.isEqual(storedKey, that.storedKey)
        && MessageDigest.isEqual(serverKey, that.serverKey);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(salt);
  }

  /** Nothing that helps to guess. */
  @Override
  public String toString() {
    return "ScramSha256[iterations=" + iterations + "]";
  }
}
