package io.serai.model;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers, texts, topics and headers as they are stored. Counts and lengths take one byte for each
 * seven bits, the lowest first; numbers that may be negative are eight bytes.
 */
public final class StoredFields {
  private StoredFields() {}

  /** Appends a number from 0 up. */
  public static void writeCount(int count, ByteBuf out) {
    int left = count;
    while ((left & ~0x7f) != 0) {
      out.writeByte(left & 0x7f | 0x80);
      left >>>= 7;
    }
    out.writeByte(left);
  }

  /** Reads what {@link #writeCount} wrote. */
  public static int readCount(ByteBuf in) {
    int count = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += 7) {
      int next = in.readByte();
      count |= (next & 0x7f) << shift;
      if (next >= 0) {
        return count;
      }
    }
    throw new IllegalArgumentException("a count of more than 32 bits");
  }

  /** Appends bytes with their number before them. */
  public static void writeBytes(byte[] bytes, ByteBuf out) {
    writeCount(bytes.length, out);
    out.writeBytes(bytes);
  }

  /** Reads what {@link #writeBytes} wrote. */
  public static byte[] readBytes(ByteBuf in) {
    byte[] bytes = new byte[checkedLength(in)];
    in.readBytes(bytes);
    return bytes;
  }

  private static int checkedLength(ByteBuf in) {
    int length = readCount(in);
    if (length < 0 || length > in.readableBytes()) {
      throw new IllegalArgumentException(
          "%d bytes announced and %d there".formatted(length, in.readableBytes()));
    }
    return length;
  }

  /** Appends a text. */
  public static void writeText(String text, ByteBuf out) {
    writeCount(ByteBufUtil.utf8Bytes(text), out);
    ByteBufUtil.writeUtf8(out, text);
  }

  /** Reads a text. */
  public static String readText(ByteBuf in) {
    return in.readString(checkedLength(in), StandardCharsets.UTF_8);
  }

  /** Appends a text that may be absent. */
  public static void writeOptionalText(@Nullable String text, ByteBuf out) {
    out.writeBoolean(text != null);
    if (text != null) {
      writeText(text, out);
    }
  }

  /** Reads a text that may be absent. */
  public static @Nullable String readOptionalText(ByteBuf in) {
    return in.readBoolean() ? readText(in) : null;
  }

  /** Appends a topic in its publisher's spelling. */
  public static void writeTopic(Topic topic, ByteBuf out) {
    writeSpelling(topic.ownSpelling(), out);
    writeText(topic.toString(), out);
  }

  /** Reads a topic. */
  public static Topic readTopic(ByteBuf in) {
    Spelling spelling = readSpelling(in);
    return Topic.of(readText(in), spelling);
  }

  /** Appends a spelling. */
  public static void writeSpelling(Spelling spelling, ByteBuf out) {
    out.writeByte(spelling.separator());
  }

  /** Reads a spelling. */
  public static Spelling readSpelling(ByteBuf in) {
    int separator = in.readByte();
    for (Spelling spelling : Spelling.values()) {
      if (spelling.separator() == separator) {
        return spelling;
      }
    }
    throw new IllegalArgumentException("no spelling separates levels by byte " + separator);
  }

  /** Appends headers in order. */
  public static void writeHeaders(List<Header> headers, ByteBuf out) {
    writeCount(headers.size(), out);
    for (Header header : headers) {
      writeText(header.name(), out);
      StoredValues.write(header.value(), out);
    }
  }

  /** Reads headers. */
  public static List<Header> readHeaders(ByteBuf in) {
    int count = readCount(in);
    List<Header> headers = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      String name = readText(in);
      headers.add(new Header(name, StoredValues.read(in)));
    }
    return headers;
  }
}
