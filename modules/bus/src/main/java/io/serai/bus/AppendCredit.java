package io.serai.bus;

/**
 * Byte credit for what one loop's publishers send to the shards of others. What a shard has not yet
 * taken is on nobody's account, so it is bounded here: with {@link #LIMIT_BYTES} on their way to
 * one loop, publishers wait until half of it has arrived. The receiver gives credit back in pieces
 * of {@link #RETURN_BYTES}, or with whatever else it has to say. Confined to its loop.
 */
final class AppendCredit {
  /** On the way to one loop before publishers wait; a turn's worth may come on top. */
  static final long LIMIT_BYTES = 8 << 20;

  /** Taken from one loop before it is told with a batch of its own. */
  static final long RETURN_BYTES = 1 << 20;

  /** Sent and not known to have arrived, by target loop. */
  private final long[] sent;

  /** Taken and not yet told, by sending loop. */
  private final long[] taken;

  private final boolean[] isCrowded;
  private int crowdedLoops;

  AppendCredit(int loopCount) {
    this.sent = new long[loopCount];
    this.taken = new long[loopCount];
    this.isCrowded = new boolean[loopCount];
  }

  /** Bytes leave for a loop; answers whether publishers must wait from now on. */
  boolean send(int to, long bytes) {
    sent[to] += bytes;
    if (sent[to] < LIMIT_BYTES || isCrowded[to]) {
      return false;
    }
    isCrowded[to] = true;
    return ++crowdedLoops == 1;
  }

  /** A loop has taken bytes; answers whether publishers may go on from now on. */
  boolean arrived(int at, long bytes) {
    sent[at] -= bytes;
    if (!isCrowded[at] || sent[at] > LIMIT_BYTES / 2) {
      return false;
    }
    isCrowded[at] = false;
    return --crowdedLoops == 0;
  }

  /** Bytes of another loop were taken. */
  void take(int from, long bytes) {
    taken[from] += bytes;
  }

  /** Whether a loop must be told what was taken from it, whatever else there is to say. */
  boolean isReturnDue(int from) {
    return taken[from] >= RETURN_BYTES;
  }

  /** What was taken from a loop since it was last told. */
  long giveBack(int from) {
    long bytes = taken[from];
    taken[from] = 0;
    return bytes;
  }
}
