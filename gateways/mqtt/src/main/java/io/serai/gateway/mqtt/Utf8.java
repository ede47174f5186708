package io.serai.gateway.mqtt;

import java.nio.charset.StandardCharsets;

/** Strict UTF-8 as MQTT wants it (MQTT 5.0 §1.5.4, MQTT 3.1.1 §1.5.3). */
final class Utf8 {
  private Utf8() {}

  /** What may not occur beside ill-formed sequences and U+0000. */
  enum Forbidden {
    /** Nothing more: property strings, which other protocols fill with any text. */
    NUL_ONLY,
    /**
     * Control characters and non-characters too (the specification's "should not"): names that end
     * up in logs and consoles, such as topics and client ids.
     */
    CONTROLS
  }

  /** Whether {@code bytes} in {@code [from, to)} are well-formed and hold nothing forbidden. */
  static boolean isValid(byte[] bytes, int from, int to, Forbidden forbidden) {
    int i = from;
    while (i < to) {
      int b = bytes[i];
      if (b > 0x1F && b < 0x7F) {
        i++;
        continue;
      }
      int length = b >= 0 ? 1 : sequenceLength(b);
      if (length == 0 || i + length > to) {
        return false;
      }
      int codePoint = codePoint(bytes, i, length);
      if (codePoint <= 0 || forbidden == Forbidden.CONTROLS && isControl(codePoint)) {
        return false;
      }
      i += length;
    }
    return true;
  }

  static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  private static int sequenceLength(int lead) {
    if ((lead & 0xE0) == 0xC0) {
      return 2;
    }
    if ((lead & 0xF0) == 0xE0) {
      return 3;
    }
    return (lead & 0xF8) == 0xF0 ? 4 : 0;
  }

  /** The code point at {@code at}; negative for a bad continuation, overlong form or surrogate. */
  private static int codePoint(byte[] bytes, int at, int length) {
    if (length == 1) {
      return bytes[at];
    }
    int codePoint = bytes[at] & 0x7F >> length;
    for (int i = 1; i < length; i++) {
      int b = bytes[at + i];
      if ((b & 0xC0) != 0x80) {
        return -1;
      }
      codePoint = codePoint << 6 | b & 0x3F;
    }
    int least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
    boolean isSurrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
    return codePoint < least || codePoint > 0x10FFFF || isSurrogate ? -1 : codePoint;
  }

  private static boolean isControl(int codePoint) {
    return codePoint < 0x20
        || codePoint >= 0x7F && codePoint <= 0x9F
        || codePoint >= 0xFDD0 && codePoint <= 0xFDEF
        || (codePoint & 0xFFFE) == 0xFFFE;
  }
}
