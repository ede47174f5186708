package io.serai.gateway.mqtt;

import io.serai.bus.ConsumerRef;
import io.serai.gateway.Effects;

/**
 * The credit a session gives its consumer. Grants go out in batches: when half of the window is
 * free, or all of what was sent has been acknowledged. While the client does not keep up nothing is
 * granted, so what waits for it waits in its queue.
 *
 * <p>A client that only gets QoS 0 has no maximum of its own; its window is a number of messages
 * that shrinks with their size, so that a slow client holds about {@link #TARGET_BYTES}.
 */
final class CreditWindow {
  private static final int TARGET_BYTES = 1024 * 1024;
  private static final int LEAST_MESSAGES = 8;
  private static final int MOST_MESSAGES = 4096;
  private static final int FIRST_MESSAGES = 512;

  private final ConsumerRef consumer;
  private final boolean adapts;
  private int size;
  private int atShard;
  private int unacknowledged;
  private int averageBytes = TARGET_BYTES / FIRST_MESSAGES;

  private CreditWindow(ConsumerRef consumer, boolean adapts, int size) {
    this.consumer = consumer;
    this.adapts = adapts;
    this.size = size;
  }

  /** For a client that acknowledges: at most {@code size} messages are on their way to it. */
  static CreditWindow ofMessages(ConsumerRef consumer, int size) {
    return new CreditWindow(consumer, false, size);
  }

  /** For a client that gets QoS 0 only. */
  static CreditWindow adapting(ConsumerRef consumer) {
    return new CreditWindow(consumer, true, FIRST_MESSAGES);
  }

  ConsumerRef consumer() {
    return consumer;
  }

  /** A message of {@code bytes} arrived that needs no acknowledgement of the client. */
  void passed(int bytes) {
    atShard--;
    if (adapts) {
      averageBytes += (bytes - averageBytes) >> 4;
    }
  }

  /** A message arrived and takes a place until the client has acknowledged it. */
  void sent() {
    atShard--;
    unacknowledged++;
  }

  /** The client acknowledged one. */
  void acknowledged() {
    unacknowledged--;
  }

  /** Grants what is free, if it is worth it. */
  void refill(Effects<MqttFrame> out) {
    int free = size - atShard - unacknowledged;
    boolean isDue = free >= (size + 1) / 2 || unacknowledged == 0 && !adapts;
    if (free <= 0 || !isDue || !out.isWritable()) {
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
