package io.serai.gateway.wamp;

import io.serai.gateway.TextProperties;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * JSON (RFC 8259), as far as arguments are looked into. A string that starts with U+0000 is a byte
 * string in base64 (WAMP "Binary conversion of JSON Strings").
 */
final class JsonForm implements WampSerializer.Form {
  private static final byte[] ARGS = "{\"args\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] KWARGS = ",\"kwargs\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BYTES_START = "[\"\\u0000".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BYTES_END = "\"]".getBytes(StandardCharsets.US_ASCII);

  /** Deeper nesting is refused, so that a peer cannot exhaust the stack. */
  private static final int MAX_DEPTH = 64;

  private static final Pattern WORD =
      Pattern.compile("true|false|null|-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  @Override
  public int end(byte[] in, int at) {
    return value(in, blank(in, at), 0);
  }

  /** Checks the value at {@code at} whole: what passes is put into other documents as it is. */
  private static int value(byte[] in, int at, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("JSON nested deeper than " + MAX_DEPTH);
    }
    return switch (octet(in, at)) {
      case '{' -> members(in, at, '}', depth);
      case '[' -> members(in, at, ']', depth);
      case '"' -> stringEnd(in, at);
      default -> wordEnd(in, at);
    };
  }

  /** Items of a list or, when {@code close} is a brace, pairs of a dictionary. */
  private static int members(byte[] in, int open, char close, int depth) {
    int i = blank(in, open + 1);
    if (octet(in, i) == close) {
      return i + 1;
    }
    while (true) {
      if (close == '}') {
        require(in, i, '"');
        i = blank(in, stringEnd(in, i));
        require(in, i, ':');
        i = blank(in, i + 1);
      }
      i = blank(in, value(in, i, depth + 1));
      if (octet(in, i) == close) {
        return i + 1;
      }
      require(in, i, ',');
      i = blank(in, i + 1);
    }
  }

  private static int octet(byte[] in, int at) {
    if (at >= in.length) {
      throw new IllegalArgumentException("JSON cut short at byte " + at);
    }
    return in[at];
  }

  private static void require(byte[] in, int at, char wanted) {
    if (octet(in, at) != wanted) {
      throw new IllegalArgumentException("JSON without " + wanted + " at byte " + at);
    }
  }

  private static int blank(byte[] in, int at) {
    int i = at;
    while (i < in.length && (in[i] == ' ' || in[i] == '\t' || in[i] == '\r' || in[i] == '\n')) {
      i++;
    }
    return i;
  }

  private static int stringEnd(byte[] in, int quote) {
    for (int i = quote + 1; i < in.length; i++) {
      byte b = in[i];
      if (b == '"') {
        return i + 1;
      }
      if (b >= 0 && b < ' ') {
        throw new IllegalArgumentException("control character in a JSON string at byte " + i);
      }
      if (b == '\\') {
        i++;
        int escape = octet(in, i);
        if (escape == 'u') {
          for (int digit = 0; digit < 4; digit++) {
            i++;
            if (!HexFormat.isHexDigit(octet(in, i))) {
              throw new IllegalArgumentException("no JSON escape at byte " + i);
            }
          }
        } else if ("\"\\/bfnrt".indexOf(escape) < 0) {
          throw new IllegalArgumentException("no JSON escape at byte " + i);
        }
      }
    }
    throw new IllegalArgumentException("JSON string cut short at byte " + quote);
  }

  /** A number, true, false or null. */
  private static int wordEnd(byte[] in, int at) {
    int i = at;
    while (i < in.length && isWordByte(in[i])) {
      i++;
    }
    String word = new String(in, at, i - at, StandardCharsets.US_ASCII);
    if (!WORD.matcher(word).matches()) {
      throw new IllegalArgumentException("no JSON value at byte " + at);
    }
    return i;
  }

  private static boolean isWordByte(byte b) {
    return b >= '0' && b <= '9'
        || b >= 'a' && b <= 'z'
        || b == '-'
        || b == '+'
        || b == '.'
        || b == 'E';
  }

  /** Whether {@code in} is one JSON value and nothing else but blanks. */
  boolean isWhole(byte[] in) {
    try {
      return blank(in, end(in, 0)) == in.length && TextProperties.utf8OrNull(in) != null;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  @Override
  public int onlyItem(byte[] in, int at) {
    int list = blank(in, at);
    if (list >= in.length || in[list] != '[') {
      return -1;
    }
    int item = blank(in, list + 1);
    if (item < in.length && in[item] == ']') {
      return -1;
    }
    int behind = blank(in, end(in, item));
    return behind < in.length && in[behind] == ']' ? item : -1;
  }

  @Override
  public byte @Nullable [] text(byte[] in, int at) {
    String string = string(in, at);
    return string == null || string.startsWith("\0")
        ? null
        : string.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte @Nullable [] bytes(byte[] in, int at) {
    String string = string(in, at);
    return string == null || !string.startsWith("\0")
        ? null
        : Base64.getDecoder().decode(string.substring(1));
  }

  private static @Nullable String string(byte[] in, int at) {
    int quote = blank(in, at);
    if (quote >= in.length || in[quote] != '"') {
      return null;
    }
    int end = stringEnd(in, quote) - 1;
    String raw = new String(in, quote + 1, end - quote - 1, StandardCharsets.UTF_8);
    if (raw.indexOf('\\') < 0) {
      return raw;
    }
    StringBuilder out = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escape = raw.charAt(++i);
      switch (escape) {
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'n' -> out.append('\n');
        case 'r' -> out.append('\r');
        case 't' -> out.append('\t');
        case 'u' -> {
          out.append((char) Integer.parseInt(raw, i + 1, i + 5, 16));
          i += 4;
        }
        default -> out.append(escape); // checked by stringEnd: a quote or a slash
      }
    }
    return out.toString();
  }

  @Override
  public boolean isEmptyMap(byte[] in, int at) {
    int map = blank(in, at);
    int next = blank(in, map + 1);
    return map < in.length && in[map] == '{' && next < in.length && in[next] == '}';
  }

  @Override
  public int @Nullable [] arguments(byte[] in) {
    int[] places = {-1, -1, -1, -1};
    int i = blank(in, 0);
    if (i >= in.length || in[i] != '{') {
      return null;
    }
    i = blank(in, i + 1);
    while (i < in.length && in[i] != '}') {
      String key = string(in, i);
      i = key == null ? in.length : blank(in, stringEnd(in, i));
      int place = "args".equals(key) ? 0 : "kwargs".equals(key) ? 2 : -1;
      if (place < 0 || i >= in.length || in[i] != ':') {
        return null;
      }
      places[place] = blank(in, i + 1);
      places[place + 1] = end(in, i + 1);
      i = blank(in, places[place + 1]);
      if (i < in.length && in[i] == ',') {
        i = blank(in, i + 1);
      }
    }
    return i < in.length && blank(in, i + 1) == in.length ? places : null;
  }

  @Override
  public byte[] document(byte[] args, byte @Nullable [] kwargs) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(args.length + 32);
    out.writeBytes(ARGS);
    out.writeBytes(args);
    if (kwargs != null) {
      out.writeBytes(KWARGS);
      out.writeBytes(kwargs);
    }
    out.write('}');
    return out.toByteArray();
  }

  @Override
  public void writeOnlyText(byte[] utf8, ByteArrayOutputStream out) {
    out.write('[');
    out.write('"');
    for (byte b : utf8) {
      switch (b) {
        case '"', '\\' -> {
          out.write('\\');
          out.write(b);
        }
        default -> {
          if (b >= 0 && b < ' ') {
            out.writeBytes(String.format("\\u%04x", b).getBytes(StandardCharsets.US_ASCII));
          } else {
            out.write(b);
          }
        }
      }
    }
    out.writeBytes(BYTES_END);
  }

  @Override
  public void writeOnlyBytes(byte[] bytes, ByteArrayOutputStream out) {
    out.writeBytes(BYTES_START);
    out.writeBytes(Base64.getEncoder().encode(bytes));
    out.writeBytes(BYTES_END);
  }

  /** A list whose only item is the JSON value {@code value}. */
  static byte[] listOf(byte[] value) {
    byte[] list = Arrays.copyOf(new byte[] {'['}, value.length + 2);
    System.arraycopy(value, 0, list, 1, value.length);
    list[list.length - 1] = ']';
    return list;
  }
}
