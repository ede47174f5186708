package io.serai.security;

import java.text.Normalizer;

/**
 * Prepares a password for hashing as SCRAM asks (RFC 5802 §2.2, SASLprep of RFC 4013), so that the
 * same password typed on another keyboard has the same bytes.
 */
final class SaslPrep {
  private SaslPrep() {}

  /**
   * The prepared form: odd spaces become a space, invisible marks go, the rest is NFKC. Unlike RFC
   * 4013 §2.3 nothing is refused: a forbidden character stays as it is, as PostgreSQL does it.
   */
  static String prepare(String password) {
    boolean ascii = true;
    for (int i = 0; ascii && i < password.length(); i++) {
      ascii = password.charAt(i) < 0x80;
    }
    if (ascii) {
      return password;
    }
    StringBuilder mapped = new StringBuilder(password.length());
    password
        .codePoints()
        .filter(c -> !isMappedToNothing(c))
        .map(c -> Character.getType(c) == Character.SPACE_SEPARATOR ? ' ' : c)
        .forEach(mapped::appendCodePoint);
    return Normalizer.normalize(mapped, Normalizer.Form.NFKC);
  }

  /** RFC 3454 table B.1. */
  private static boolean isMappedToNothing(int codePoint) {
    return switch (codePoint) {
      case 0x00AD, 0x034F, 0x1806, 0x180B, 0x180C, 0x180D, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF ->
          true;
      default -> codePoint >= 0xFE00 && codePoint <= 0xFE0F;
    };
  }
}
