package io.serai.routing.queue;

/**
 * Heap bytes of messages that consumers of one shard have and have not settled, and when that is
 * too much: beyond the limit, who has more than an equal part of it gets no more. Confined to the
 * shard's loop.
 */
final class HandedOut {
  /** What may be out: as many shares, or the least if that is more. */
  private static final int SHARES = 2;

  private static final long LEAST_BYTES = 8 << 20;

  private long shareBytes = Long.MAX_VALUE;
  private long bytes;

  /** Those that have any. */
  private int holders;

  /** From now on a share of the heap is so many bytes. */
  void share(long share) {
    shareBytes = share;
  }

  long bytes() {
    return bytes;
  }

  /** So many are out more. */
  void taken(long more, boolean isNewHolder) {
    bytes += more;
    holders += isNewHolder ? 1 : 0;
  }

  /** So many are settled. */
  void settled(long less, boolean hasNoneLeft) {
    bytes -= less;
    holders -= hasNoneLeft ? 1 : 0;
  }

  long limit() {
    return shareBytes > Long.MAX_VALUE / SHARES
        ? Long.MAX_VALUE
        : Math.max(LEAST_BYTES, shareBytes * SHARES);
  }

  /** Whether no more than the limit is out. */
  boolean isWithinLimit() {
    return bytes <= limit();
  }

  /** Whether too much is out, and so many bytes are more than one holder's part. */
  boolean isTooMuch(long ofHolder) {
    return bytes > limit() && ofHolder > partBytes();
  }

  /** What each of those who have any may have when too much is out. */
  long partBytes() {
    return limit() / Math.max(1, holders);
  }
}
