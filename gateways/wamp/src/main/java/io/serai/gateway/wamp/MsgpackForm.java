package io.serai.gateway.wamp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** MessagePack, as far as arguments are looked into. */
final class MsgpackForm implements WampSerializer.Form {
  /** Deeper nesting is refused, so that a peer cannot exhaust the stack. */
  private static final int MAX_DEPTH = 64;

  private enum Kind {
    SCALAR,
    TEXT,
    BYTES,
    LIST,
    MAP
  }

  /**
   * What stands in front of a value.
   *
   * @param size bytes of text, bytes or scalar behind the head; items of a list; entries of a map
   */
  private record Head(Kind kind, int end, long size) {}

  private static Head head(byte[] in, int at) {
    int first = octet(in, at);
    if (first <= 0x7f || first >= 0xe0) {
      return new Head(Kind.SCALAR, at + 1, 0);
    }
    if (first <= 0x8f) {
      return new Head(Kind.MAP, at + 1, first & 0x0f);
    }
    if (first <= 0x9f) {
      return new Head(Kind.LIST, at + 1, first & 0x0f);
    }
    if (first <= 0xbf) {
      return new Head(Kind.TEXT, at + 1, first & 0x1f);
    }
    return switch (first) {
      case 0xc0, 0xc2, 0xc3 -> new Head(Kind.SCALAR, at + 1, 0);
      case 0xc4 -> sized(Kind.BYTES, in, at, 1, 0);
      case 0xc5 -> sized(Kind.BYTES, in, at, 2, 0);
      case 0xc6 -> sized(Kind.BYTES, in, at, 4, 0);
      case 0xc7 -> sized(Kind.SCALAR, in, at, 1, 1); // ext: a type byte and so many more
      case 0xc8 -> sized(Kind.SCALAR, in, at, 2, 1);
      case 0xc9 -> sized(Kind.SCALAR, in, at, 4, 1);
      case 0xca -> new Head(Kind.SCALAR, at + 1, 4);
      case 0xcb -> new Head(Kind.SCALAR, at + 1, 8);
      case 0xcc, 0xd0 -> new Head(Kind.SCALAR, at + 1, 1);
      case 0xcd, 0xd1 -> new Head(Kind.SCALAR, at + 1, 2);
      case 0xce, 0xd2 -> new Head(Kind.SCALAR, at + 1, 4);
      case 0xcf, 0xd3 -> new Head(Kind.SCALAR, at + 1, 8);
      case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 ->
          new Head(Kind.SCALAR, at + 1, 1 + (1L << (first - 0xd4)));
      case 0xd9 -> sized(Kind.TEXT, in, at, 1, 0);
      case 0xda -> sized(Kind.TEXT, in, at, 2, 0);
      case 0xdb -> sized(Kind.TEXT, in, at, 4, 0);
      case 0xdc -> sized(Kind.LIST, in, at, 2, 0);
      case 0xdd -> sized(Kind.LIST, in, at, 4, 0);
      case 0xde -> sized(Kind.MAP, in, at, 2, 0);
      case 0xdf -> sized(Kind.MAP, in, at, 4, 0);
      default -> throw new IllegalArgumentException("no MessagePack value at byte " + at);
    };
  }

  private static Head sized(Kind kind, byte[] in, int at, int sizeBytes, int extra) {
    long size = 0;
    for (int i = 1; i <= sizeBytes; i++) {
      size = size << 8 | octet(in, at + i);
    }
    return new Head(kind, at + 1 + sizeBytes, size + extra);
  }

  private static int octet(byte[] in, int at) {
    if (at >= in.length) {
      throw new IllegalArgumentException("MessagePack cut short at byte " + at);
    }
    return in[at] & 0xff;
  }

  @Override
  public int end(byte[] in, int at) {
    return end(in, at, 0);
  }

  private static int end(byte[] in, int at, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("MessagePack nested deeper than " + MAX_DEPTH);
    }
    Head head = head(in, at);
    switch (head.kind) {
      case SCALAR, TEXT, BYTES -> {
        if (head.size > in.length - head.end) {
          throw new IllegalArgumentException("MessagePack cut short at byte " + at);
        }
        return head.end + (int) head.size;
      }
      case LIST, MAP -> {
        int i = head.end;
        for (long left = head.kind == Kind.MAP ? head.size * 2 : head.size; left > 0; left--) {
          i = end(in, i, depth + 1); // fails at the end of the bytes, whatever the count says
        }
        return i;
      }
    }
    throw new AssertionError(head.kind);
  }

  @Override
  public int onlyItem(byte[] in, int at) {
    Head head = head(in, at);
    return head.kind == Kind.LIST && head.size == 1 ? head.end : -1;
  }

  @Override
  public byte @Nullable [] text(byte[] in, int at) {
    return string(in, at, Kind.TEXT);
  }

  @Override
  public byte @Nullable [] bytes(byte[] in, int at) {
    return string(in, at, Kind.BYTES);
  }

  private static byte @Nullable [] string(byte[] in, int at, Kind kind) {
    Head head = head(in, at);
    return head.kind == kind ? Arrays.copyOfRange(in, head.end, end(in, at, 0)) : null;
  }

  @Override
  public boolean isEmptyMap(byte[] in, int at) {
    Head head = head(in, at);
    return head.kind == Kind.MAP && head.size == 0;
  }

  @Override
  public int @Nullable [] arguments(byte[] in) {
    Head head = head(in, 0);
    if (head.kind != Kind.MAP) {
      return null;
    }
    int[] places = {-1, -1, -1, -1};
    int i = head.end;
    for (long left = head.size; left > 0; left--) {
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
    out.write(kwargs == null ? 0x81 : 0x82);
    writeText("args".getBytes(StandardCharsets.US_ASCII), out);
    out.writeBytes(args);
    if (kwargs != null) {
      writeText("kwargs".getBytes(StandardCharsets.US_ASCII), out);
      out.writeBytes(kwargs);
    }
    return out.toByteArray();
  }

  private static void writeText(byte[] utf8, ByteArrayOutputStream out) {
    if (utf8.length < 32) {
      out.write(0xa0 | utf8.length);
    } else {
      sizedHead(utf8.length, 0xd9, out);
    }
    out.writeBytes(utf8);
  }

  /** A head with the size in 1, 2 or 4 bytes; the three codes follow each other. */
  private static void sizedHead(int size, int codeFor1, ByteArrayOutputStream out) {
    int width = size < 0x100 ? 0 : size < 0x1_0000 ? 1 : 2;
    out.write(codeFor1 + width);
    for (int shift = (1 << width) * 8 - 8; shift >= 0; shift -= 8) {
      out.write(size >> shift);
    }
  }

  @Override
  public void writeOnlyText(byte[] utf8, ByteArrayOutputStream out) {
    out.write(0x91);
    writeText(utf8, out);
  }

  @Override
  public void writeOnlyBytes(byte[] bytes, ByteArrayOutputStream out) {
    out.write(0x91);
    sizedHead(bytes.length, 0xc4, out);
    out.writeBytes(bytes);
  }
}
