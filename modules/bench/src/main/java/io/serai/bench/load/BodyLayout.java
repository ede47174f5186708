package io.serai.bench.load;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * What is in a body: nanoseconds when the message was due (8 bytes), mark of the run (2), publisher
 * (2), sequence number of that publisher (4), then a pattern that shows a changed byte.
 */
final class BodyLayout {
  /** Bytes before the pattern, the smallest body. */
  static final int HEAD_BYTES = 16;

  /** The largest body. */
  static final int MAX_BYTES = 1 << 20;

  private final int size;
  private final int runMark;
  private final byte[] pattern;
  private final MemorySegment patternSegment;

  /**
   * The layout of one run.
   *
   * @param size bytes of a body
   * @param runMark 16 bits that tell this run's messages from those another run left in a queue
   */
  BodyLayout(int size, int runMark) {
    this.size = size;
    this.runMark = runMark & 0xffff;
    this.pattern = new byte[size];
    for (int i = 0; i < size; i++) {
      pattern[i] = (byte) (i * 131 + 7);
    }
    this.patternSegment = MemorySegment.ofArray(pattern);
  }

  int size() {
    return size;
  }

  /** Writes a body. */
  void write(ByteBuffer out, int publisher, int sequence, long dueNanos) {
    out.putLong(dueNanos);
    out.putInt(runMark << 16 | publisher);
    out.putInt(sequence);
    out.put(pattern, HEAD_BYTES, size - HEAD_BYTES);
  }

  /** Whether bytes are a body of this run, each byte of the pattern compared. */
  boolean isIntact(Bytes in, int at, int length) {
    return length == size
        && in.buffer().getShort(at + 8) == (short) runMark
        && (size == HEAD_BYTES
            || MemorySegment.mismatch(
                    in.segment(), at + HEAD_BYTES, at + size, patternSegment, HEAD_BYTES, size)
                < 0);
  }

  static long dueNanos(Bytes in, int at) {
    return in.buffer().getLong(at);
  }

  static int publisher(Bytes in, int at) {
    return in.buffer().getShort(at + 10) & 0xffff;
  }

  static int sequence(Bytes in, int at) {
    return in.buffer().getInt(at + 12);
  }
}
