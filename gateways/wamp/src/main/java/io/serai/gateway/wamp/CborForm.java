package io.serai.gateway.wamp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** CBOR (RFC 8949), as far as arguments are looked into. */
final class CborForm implements WampSerializer.Form {
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int LIST = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;
  private static final int BREAK = 0xff;

  /** Additional information of an item without a length in front (RFC 8949 §3.2). */
  private static final int INDEFINITE = 31;

  /** Deeper nesting is refused, so that a peer cannot exhaust the stack. */
  private static final int MAX_DEPTH = 64;

  @Override
  public int end(byte[] in, int at) {
    return end(in, at, 0);
  }

  private static int end(byte[] in, int at, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("CBOR nested deeper than " + MAX_DEPTH);
    }
    int major = octet(in, at) >> 5;
    int info = in[at] & 0x1f;
    int i = headEnd(in, at);
    if (info == INDEFINITE) {
      if (major < BYTES || major > MAP) {
        throw new IllegalArgumentException("no CBOR item at byte " + at);
      }
      while (octet(in, i) != BREAK) {
        i = end(in, i, depth + 1);
      }
      return i + 1;
    }
    long count = argument(in, at);
    switch (major) {
      case BYTES, TEXT -> {
        return within(in, i, count);
      }
      case LIST, MAP, TAG -> {
        // Every item has at least one byte; so what passes here cannot be larger than the bytes.
        long items = major == TAG ? 1 : within(in, i, count) - i;
        for (long left = major == MAP ? items * 2 : items; left > 0; left--) {
          i = end(in, i, depth + 1);
        }
        return i;
      }
      default -> {
        return i;
      }
    }
  }

  private static int octet(byte[] in, int at) {
    if (at >= in.length) {
      throw new IllegalArgumentException("CBOR cut short at byte " + at);
    }
    return in[at] & 0xff;
  }

  private static int within(byte[] in, int from, long length) {
    if (length < 0 || length > in.length - from) {
      throw new IllegalArgumentException("CBOR cut short at byte " + from);
    }
    return from + (int) length;
  }

  /** The index behind the initial byte and its argument (RFC 8949 §3). */
  private static int headEnd(byte[] in, int at) {
    int info = octet(in, at) & 0x1f;
    return switch (info) {
      case 24 -> within(in, at + 1, 1);
      case 25 -> within(in, at + 1, 2);
      case 26 -> within(in, at + 1, 4);
      case 27 -> within(in, at + 1, 8);
      case 28, 29, 30 -> throw new IllegalArgumentException("no CBOR item at byte " + at);
      default -> at + 1;
    };
  }

  private static long argument(byte[] in, int at) {
    int info = in[at] & 0x1f;
    if (info < 24) {
      return info;
    }
    long value = 0;
    for (int i = at + 1; i < headEnd(in, at); i++) {
      value = value << 8 | in[i] & 0xff;
    }
    return value;
  }

  private static boolean isDefinite(byte[] in, int at, int major) {
    return octet(in, at) >> 5 == major && (in[at] & 0x1f) != INDEFINITE;
  }

  @Override
  public int onlyItem(byte[] in, int at) {
    if (isDefinite(in, at, LIST)) {
      return argument(in, at) == 1 ? headEnd(in, at) : -1;
    }
    if (octet(in, at) != (LIST << 5 | INDEFINITE) || octet(in, at + 1) == BREAK) {
      return -1;
    }
    return octet(in, end(in, at + 1)) == BREAK ? at + 1 : -1;
  }

  @Override
  public byte @Nullable [] text(byte[] in, int at) {
    return string(in, at, TEXT);
  }

  @Override
  public byte @Nullable [] bytes(byte[] in, int at) {
    return string(in, at, BYTES);
  }

  private static byte @Nullable [] string(byte[] in, int at, int major) {
    if (!isDefinite(in, at, major)) {
      return null;
    }
    int from = headEnd(in, at);
    return Arrays.copyOfRange(in, from, within(in, from, argument(in, at)));
  }

  @Override
  public boolean isEmptyMap(byte[] in, int at) {
    return isDefinite(in, at, MAP) && argument(in, at) == 0
        || octet(in, at) == (MAP << 5 | INDEFINITE) && octet(in, at + 1) == BREAK;
  }

  @Override
  public int @Nullable [] arguments(byte[] in) {
    if (!isDefinite(in, 0, MAP)) {
      return null;
    }
    int[] places = {-1, -1, -1, -1};
    int i = headEnd(in, 0);
    for (long left = argument(in, 0); left > 0; left--) {
      byte[] key = text(in, i);
      String name = key == null ? "" : new String(key, StandardCharsets.UTF_8);
      int place = name.equals("args") ? 0 : name.equals("kwargs") ? 2 : -1;
      if (place < 0) {
        return null;
      }
      places[place] = end(in, i);
      places[place + 1] = end(in, places[place]);
      i = places[place + 1];
    }
    return i == in.length ? places : null;
  }

  @Override
  public byte[] document(byte[] args, byte @Nullable [] kwargs) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(args.length + 16);
    head(MAP, kwargs == null ? 1 : 2, out);
    writeText("args", out);
    out.writeBytes(args);
    if (kwargs != null) {
      writeText("kwargs", out);
      out.writeBytes(kwargs);
    }
    return out.toByteArray();
  }

  private static void writeText(String text, ByteArrayOutputStream out) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    head(TEXT, utf8.length, out);
    out.writeBytes(utf8);
  }

  private static void head(int major, int argument, ByteArrayOutputStream out) {
    if (argument < 24) {
      out.write(major << 5 | argument);
    } else if (argument < 0x100) {
      out.write(major << 5 | 24);
      out.write(argument);
    } else if (argument < 0x1_0000) {
      out.write(major << 5 | 25);
      out.write(argument >> 8);
      out.write(argument);
    } else {
      out.write(major << 5 | 26);
      for (int shift = 24; shift >= 0; shift -= 8) {
        out.write(argument >> shift);
      }
    }
  }

  @Override
  public void writeOnlyText(byte[] utf8, ByteArrayOutputStream out) {
    head(LIST, 1, out);
    head(TEXT, utf8.length, out);
    out.writeBytes(utf8);
  }

  @Override
  public void writeOnlyBytes(byte[] bytes, ByteArrayOutputStream out) {
    head(LIST, 1, out);
    head(BYTES, bytes.length, out);
    out.writeBytes(bytes);
  }
}
