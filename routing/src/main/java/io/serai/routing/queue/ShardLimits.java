package io.serai.routing.queue;

/**
 * What one shard keeps at most.
 *
 * @param volatileMessages ready messages of a volatile queue while its consumer has no credit; in
 *     any queue that many messages wait before one that is delivered at most once is dropped
 * @param retainedMessages retained values
 * @param retainedBytes heap bytes of retained values, their place in the index included
 */
public record ShardLimits(int volatileMessages, int retainedMessages, long retainedBytes) {
  /**
   * What applies unless configured: 20,000 messages, 1,000,000 values, 1 GiB. So many messages,
   * because a subscriber that reads all the time falls behind by thousands while the JVM is cold or
   * the machine busy; what they hold in memory is bounded by the memory watermark.
   */
  public static final ShardLimits DEFAULT = new ShardLimits(20_000, 1_000_000, 1L << 30);
}
