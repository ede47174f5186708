package io.serai.security;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * What salts are made of that nobody has chosen: those of users whose password the configuration
 * has in plain text, and those that a SCRAM client is told for users that do not exist. A name has
 * the same salt for as long as the secret is kept, also over restarts, so a salt that changes or
 * stays says nothing about whether there is such a user.
 */
public final class SaltSecret {
  /** Bytes of a secret. */
  public static final int BYTES = 32;

  private final byte[] secret;

  private SaltSecret(byte[] secret) {
    this.secret = secret;
  }

  /**
   * A secret that was kept.
   *
   * @throws IllegalArgumentException when it has not {@link #BYTES}
   */
  public static SaltSecret of(byte[] kept) {
    if (kept.length != BYTES) {
      throw new IllegalArgumentException(kept.length + " bytes, a salt secret has " + BYTES);
    }
    return new SaltSecret(kept.clone());
  }

  /** A new secret. */
  public static SaltSecret random() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return new SaltSecret(bytes);
  }

  /** A copy of it, to be kept as carefully as a password hash. */
  public byte[] bytes() {
    return secret.clone();
  }

  /** The salt of a name, of any length. */
  byte[] saltOf(String name, int bytes) {
    byte[] salt = new byte[bytes];
    byte[] block = ScramSha256.hmac(secret, name.getBytes(StandardCharsets.UTF_8));
    for (int at = 0; at < bytes; at += block.length) {
      System.arraycopy(block, 0, salt, at, Math.min(block.length, bytes - at));
      block = ScramSha256.hmac(secret, block);
    }
    return salt;
  }
}
