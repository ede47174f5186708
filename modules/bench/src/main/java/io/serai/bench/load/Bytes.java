package io.serai.bench.load;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A direct buffer, and the same memory as a segment, whose ranges can be compared without making an
 * object.
 */
record Bytes(ByteBuffer buffer, MemorySegment segment) {
  static Bytes allocate(int capacity) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(capacity);
    return new Bytes(buffer, MemorySegment.ofBuffer(buffer));
  }
}
