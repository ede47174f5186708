package io.serai.model;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An immutable message body: chunks of at most {@link #MAX_CHUNK_BYTES}, copied exactly once from
 * the read buffer. Almost every body is one chunk.
 */
public final class Body {
  /**
   * Largest chunk in bytes; a larger body is several chunks so that other traffic can go between.
   */
  public static final int MAX_CHUNK_BYTES = 256 * 1024;

  /** The body of length 0. */
  public static final Body EMPTY = new Body(new byte[0], null, 0);

  private final byte[] first;
  private final byte @Nullable [][] more;
  private final int length;

  private Body(byte[] first, byte @Nullable [][] more, int length) {
    this.first = first;
    this.more = more;
    this.length = length;
  }

  /** Copies {@code length} bytes at {@code from}; the reader index does not move. */
  public static Body copyOf(ByteBuf in, int from, int length) {
    if (length == 0) {
      return EMPTY;
    }
    if (length <= MAX_CHUNK_BYTES) {
      byte[] chunk = new byte[length];
      in.getBytes(from, chunk);
      return new Body(chunk, null, length);
    }
    Builder builder = new Builder();
    builder.append(in, from, length);
    return builder.build();
  }

  /** Copies the array. */
  public static Body of(byte[] bytes) {
    return copyOf(io.netty.buffer.Unpooled.wrappedBuffer(bytes), 0, bytes.length);
  }

  /** The UTF-8 bytes of {@code text}. */
  public static Body ofUtf8(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Length in bytes. */
  public int length() {
    return length;
  }

  /** Number of chunks, at least 1. */
  public int chunkCount() {
    return more == null ? 1 : 1 + more.length;
  }

  /** The chunk at {@code index}. Callers must not write to it. */
  public byte[] chunk(int index) {
    return index == 0 || more == null ? first : more[index - 1];
  }

  /** Appends the whole body to {@code out}. */
  public void writeTo(ByteBuf out) {
    out.writeBytes(first);
    if (more != null) {
      for (byte[] chunk : more) {
        out.writeBytes(chunk);
      }
    }
  }

  /** Appends {@code count} bytes from body offset {@code from} to {@code out}. */
  public void writeTo(ByteBuf out, int from, int count) {
    int skip = from;
    int left = count;
    for (int i = 0; i < chunkCount() && left > 0; i++) {
      byte[] chunk = chunk(i);
      if (skip >= chunk.length) {
        skip -= chunk.length;
        continue;
      }
      int part = Math.min(left, chunk.length - skip);
      out.writeBytes(chunk, skip, part);
      skip = 0;
      left -= part;
    }
  }

  /** A copy of all bytes. */
  public byte[] toByteArray() {
    if (more == null) {
      return first.clone();
    }
    byte[] all = new byte[length];
    int at = 0;
    for (int i = 0; i < chunkCount(); i++) {
      byte[] chunk = chunk(i);
      System.arraycopy(chunk, 0, all, at, chunk.length);
      at += chunk.length;
    }
    return all;
  }

  /** The body read as UTF-8, malformed bytes replaced. */
  public String toUtf8() {
    return new String(toByteArray(), StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Body that
        && length == that.length
        && (more == null && that.more == null
            ? Arrays.equals(first, that.first)
            : Arrays.equals(toByteArray(), that.toByteArray()));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(first); // every chunk but the last is full, so equal bodies agree
  }

  /** Length only: bodies never appear in logs. */
  @Override
  public String toString() {
    return "Body[" + length + " bytes]";
  }

  /** Collects a body that arrives in pieces. Holds at most what has arrived. */
  public static final class Builder {
    private byte[][] chunks = new byte[1][];
    private int chunkCount;
    private int filledInLast;
    private int length;

    /** The length announced, {@link Long#MAX_VALUE} when it is not known. */
    private final long expectedBytes;

    /** Collects a body of any length. */
    public Builder() {
      this(Long.MAX_VALUE);
    }

    /**
     * Collects a body whose length is announced. Room for a whole chunk is made once an eighth of
     * it is there, so announcing alone takes no memory and little is copied twice.
     */
    public Builder(long expectedBytes) {
      this.expectedBytes = expectedBytes;
    }

    /** Copies {@code count} bytes at {@code from}; the reader index does not move. */
    public void append(ByteBuf in, int from, int count) {
      int at = from;
      int left = count;
      while (left > 0) {
        byte[] last = chunkCount == 0 ? null : chunks[chunkCount - 1];
        if (last == null || filledInLast == MAX_CHUNK_BYTES) {
          filledInLast = 0;
          last = addChunk(left);
        } else if (left > last.length - filledInLast && last.length < MAX_CHUNK_BYTES) {
          // Pieces come in socket reads; grow the chunk instead of keeping one per read.
          last =
              Arrays.copyOf(
                  last,
                  Math.min(MAX_CHUNK_BYTES, Math.max(room(filledInLast + left), last.length * 2)));
          chunks[chunkCount - 1] = last;
        }
        int part = Math.min(left, last.length - filledInLast);
        in.getBytes(at, last, filledInLast, part);
        filledInLast += part;
        at += part;
        left -= part;
        length += part;
      }
    }

    /**
     * How long to make a chunk that must hold {@code needed} bytes now, if it can hold them all.
     */
    private int room(int needed) {
      long announced = expectedBytes - (length - filledInLast);
      int whole = (int) Math.min(MAX_CHUNK_BYTES, announced);
      boolean isKnown = expectedBytes != Long.MAX_VALUE && announced >= needed;
      return isKnown && needed >= whole / 8 ? whole : Math.min(MAX_CHUNK_BYTES, needed);
    }

    private byte[] addChunk(int wanted) {
      if (chunkCount == chunks.length) {
        chunks = Arrays.copyOf(chunks, chunkCount * 2);
      }
      byte[] chunk = new byte[room(wanted)];
      chunks[chunkCount++] = chunk;
      return chunk;
    }

    /** Bytes collected so far. */
    public int length() {
      return length;
    }

    /** The body collected; the builder must not be used afterwards. */
    public Body build() {
      if (chunkCount == 0) {
        return EMPTY;
      }
      int last = chunkCount - 1;
      if (chunks[last].length != filledInLast) {
        chunks[last] = Arrays.copyOf(chunks[last], filledInLast);
      }
      return new Body(
          chunks[0], chunkCount == 1 ? null : Arrays.copyOfRange(chunks, 1, chunkCount), length);
    }
  }
}
