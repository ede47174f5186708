package io.serai.gateway;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import java.util.List;

/**
 * The credit of a consumer without a prefetch limit: a window that is renewed when half of it is
 * used up and the peer takes what is sent. Small for large messages, so that a slow peer has about
 * {@link #WINDOW_BYTES} waiting for it, not the whole queue.
 */
public final class CreditWindow {
  /** Before we know how large the messages are. */
  public static final int FIRST = 128;

  private static final int MIN = 16;
  private static final int MAX = 2000;
  private static final long WINDOW_BYTES = 4 * 1024 * 1024;

  private int size = FIRST;
  private int left = FIRST;

  /** Of the deliveries since the last renewal. */
  private long bytes;

  private int count;

  /**
   * Deliveries have used credit.
   *
   * @return true when the window should be renewed
   */
  public boolean used(List<Delivery> deliveries, int from, int to) {
    for (int i = from; i < to; i++) {
      bytes += deliveries.get(i).message().body().length();
    }
    boolean wasWide = left > size / 2;
    count += to - from;
    left -= to - from;
    return wasWide && left <= size / 2;
  }

  /** Grants what is missing to a full window. */
  public void renew(ConsumerRef consumer, Effects<?> out) {
    if (count > 0) {
      size = Math.clamp(WINDOW_BYTES / (bytes / count + 1), MIN, MAX);
    }
    bytes = 0;
    count = 0;
    if (left < size) {
      out.grant(consumer, size - left, false);
      left = size;
    }
  }
}
