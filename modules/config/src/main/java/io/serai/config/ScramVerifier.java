package io.serai.config;

import java.util.Base64;
import java.util.List;

/**
 * What the server keeps of a SCRAM-SHA-256 password (RFC 5802 §3): enough to check a login, not
 * enough to log in. Binary parts are kept in base64.
 *
 * @param iterations PBKDF2 rounds, at least 4096 (RFC 7677 §4)
 */
public record ScramVerifier(
    int iterations, String saltBase64, String storedKeyBase64, String serverKeyBase64) {

  /** The written form. */
  static final String FORM =
      "scram-sha-256$ITERATIONS$SALT$STOREDKEY$SERVERKEY, the last three in base64";

  private static final int MIN_ITERATIONS = 4096;
  private static final int MAX_ITERATIONS = 10_000_000;
  private static final int KEY_BYTES = 32;

  /**
   * Reads the form {@code scram-sha-256$iterations$salt$stored key$server key}.
   *
   * @throws IllegalArgumentException saying which part is wrong, without repeating it
   */
  public static ScramVerifier parse(String text) {
    List<String> parts = List.of(text.split("\\$", -1));
    if (parts.size() != 5) {
      throw new IllegalArgumentException("it has " + parts.size() + " parts, not 5");
    }
    if (!parts.getFirst().equalsIgnoreCase("scram-sha-256")) {
      throw new IllegalArgumentException("it does not start with scram-sha-256$");
    }
    int iterations = parts.get(1).matches("\\d{1,9}") ? Integer.parseInt(parts.get(1)) : 0;
    if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
      throw new IllegalArgumentException(
          "its iterations are not a number from " + MIN_ITERATIONS + " to " + MAX_ITERATIONS);
    }
    requireBytes("salt", parts.get(2), 8, 1024);
    requireBytes("stored key", parts.get(3), KEY_BYTES, KEY_BYTES);
    requireBytes("server key", parts.get(4), KEY_BYTES, KEY_BYTES);
    return new ScramVerifier(iterations, parts.get(2), parts.get(3), parts.get(4));
  }

  private static void requireBytes(String what, String base64, int min, int max) {
    int length;
    try {
      length = Base64.getDecoder().decode(base64).length;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("its " + what + " is not base64", e);
    }
    if (length < min || length > max) {
      throw new IllegalArgumentException("its " + what + " has " + length + " bytes");
    }
  }

  /** The form that {@link #parse} reads; as secret as a password hash. */
  public String written() {
    return String.join(
        "$",
        "scram-sha-256",
        String.valueOf(iterations),
        saltBase64,
        storedKeyBase64,
        serverKeyBase64);
  }

  @Override
  public String toString() {
    return "ScramVerifier[iterations=" + iterations + ", (hidden)]";
  }
}
