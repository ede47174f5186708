package io.serai.gateway.mqtt;

import io.serai.bus.ConsumerRef;
import io.serai.gateway.Effects;

/**
 * The credit a session gives the consumer of its own queue. Grants go out in batches. While the
 * client's socket is full nothing is granted, so what waits for it waits in its queue.
 *
 * <p>For a client that acknowledges {@link #AHEAD} more messages are fetched than its {@link
 * SendQuota} has places: QoS 0 among them passes a closed quota, and the next message is at hand
 * when the client acknowledges, whether one by one or all at once.
 *
 * <p>A client that only gets QoS 0 has no maximum of its own; its window is a number of messages
 * that shrinks with their size, so that a slow client holds about {@link #TARGET_BYTES}.
 */
final class CreditWindow {
  /** Messages fetched beyond what the client has room for. */
  static final int AHEAD = 64;

  private static final int TARGET_BYTES = 1024 * 1024;
  private static final int LEAST_MESSAGES = 8;
  private static final int MOST_MESSAGES = 4096;
  private static final int FIRST_MESSAGES = 512;

  private final ConsumerRef consumer;
  private final boolean adapts;

  /** Messages that may be under way: at the shard, waiting here or unacknowledged. */
  private int size;

  private int atShard;
  private int averageBytes = TARGET_BYTES / FIRST_MESSAGES;

  private CreditWindow(ConsumerRef consumer, boolean adapts, int size) {
    this.consumer = consumer;
    this.adapts = adapts;
    this.size = size;
  }

  /** For a client that acknowledges. */
  static CreditWindow of(ConsumerRef consumer, SendQuota quota) {
    return new CreditWindow(consumer, false, quota.size() + AHEAD);
  }

  /** For a client that gets QoS 0 only. */
  static CreditWindow adapting(ConsumerRef consumer) {
    return new CreditWindow(consumer, true, FIRST_MESSAGES);
  }

  /** A message of {@code bytes} arrived. */
  void arrived(int bytes) {
    atShard--;
    if (adapts) {
      averageBytes += (bytes - averageBytes) >> 4;
    }
  }

  /**
   * Grants what is free, if it is worth it. While nothing waits for a place either the shard has
   * credit left or {@link #AHEAD} are free and granted, so a client that waits for a full window
   * before it acknowledges gets one.
   *
   * @param underWay messages that take a place in the quota or wait for one
   */
  void refill(int underWay, Effects<MqttFrame> out) {
    int free = size - atShard - underWay;
    int worthwhile = adapts ? (size + 1) / 2 : Math.min((size + 1) / 2, AHEAD);
    if (free <= 0 || free < worthwhile || !out.isWritable()) {
      return;
    }
    if (adapts) {
      size = Math.clamp(TARGET_BYTES / Math.max(1, averageBytes), LEAST_MESSAGES, MOST_MESSAGES);
      free = size - atShard;
      if (free <= 0) {
        return;
      }
    }
    atShard += free;
    out.grant(consumer, free, false);
  }
}
