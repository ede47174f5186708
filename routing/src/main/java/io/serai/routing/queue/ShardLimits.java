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
  /** What applies unless configured: 1,000 messages, 1,000,000 values, 1 GiB. */
  public static final ShardLimits DEFAULT = new ShardLimits(1_000, 1_000_000, 1L << 30);
}
