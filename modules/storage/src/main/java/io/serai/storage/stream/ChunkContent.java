package io.serai.storage.stream;

import java.nio.ByteBuffer;
import java.util.function.Predicate;

/** The messages in a chunk. */
final class ChunkContent {
  private ChunkContent() {}

  /**
   * Goes through the messages in order.
   *
   * @param content verified
   * @param to returns whether to go on
   */
  static void read(ChunkHeader chunk, byte[] content, Predicate<StreamEntry> to) {
    ByteBuffer in = ByteBuffer.wrap(content);
    long timestamp = chunk.firstTimestamp();
    for (int i = 0; i < chunk.count(); i++) {
      int length = (int) VarInt.read(in);
      timestamp += VarInt.unzigzag(VarInt.read(in));
      int filterBytes = (int) VarInt.read(in) - 1;
      int from = in.position() + Math.max(0, filterBytes);
      in.position(from + length);
      if (!to.test(
          new StreamEntry(
              chunk.firstOffset() + i, timestamp, content, from, length, filterBytes))) {
        return;
      }
    }
  }
}
