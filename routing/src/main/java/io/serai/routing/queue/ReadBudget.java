package io.serai.routing.queue;

/**
 * Bounds what all streams of a shard keep in memory for their readers, however many they are:
 * beyond their share each reader reads a little at a time and keeps it only while it has credit,
 * and nothing that is on the disk waits at a stream's tail. Confined to the shard's loop.
 */
final class ReadBudget {
  /**
   * Bytes of one read as long as there is room. A reader holds two of them and a message at most.
   */
  static final int READ_BYTES = 256 * 1024;

  /** Bytes of one read when there is not; one message comes at least. */
  static final int SMALL_READ_BYTES = 8 * 1024;

  /** Of what a shard may have in memory, as one in so many. */
  private static final int SHARE = 4;

  private long shareBytes = Long.MAX_VALUE;
  private long heldBytes;

  /** From now on the shard has so much memory for messages that could be read again. */
  void share(long bytes) {
    shareBytes = bytes / SHARE;
  }

  /** Whether readers hold as much as they may. */
  boolean isShort() {
    return heldBytes >= shareBytes;
  }

  /** How much to read at a time now. */
  int readBytes() {
    return isShort() ? SMALL_READ_BYTES : READ_BYTES;
  }

  /** A reader holds more, or has asked for it; less when negative. */
  void add(long bytes) {
    heldBytes += bytes;
  }

  long heldBytes() {
    return heldBytes;
  }
}
