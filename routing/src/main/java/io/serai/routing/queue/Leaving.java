package io.serai.routing.queue;

import io.serai.bus.Delivery;
import java.util.function.Consumer;

/** What a consumer has not settled whose connection has ended, on its way out. */
final class Leaving implements Chore {
  private final QueueConsumer consumer;
  private final Consumer<Delivery> takeBack;
  private final Runnable whenDone;
  private boolean isDone;

  /**
   * @param takeBack told of each delivery, the oldest first
   * @param whenDone run once, when there is none left
   */
  Leaving(QueueConsumer consumer, Consumer<Delivery> takeBack, Runnable whenDone) {
    this.consumer = consumer;
    this.takeBack = takeBack;
    this.whenDone = whenDone;
  }

  @Override
  public boolean isDone() {
    return isDone;
  }

  @Override
  public int doSome(int most) {
    int left = 0;
    try {
      for (; left < most && !consumer.unsettled.isEmpty(); left++) {
        Delivery oldest = consumer.unsettled.remove(consumer.unsettled.firstNumber());
        if (oldest != null) {
          takeBack.accept(oldest);
        }
      }
    } catch (RuntimeException e) {
      finish(); // ours; its queue must not wait for what will not come
      throw e;
    }
    if (consumer.unsettled.isEmpty()) {
      finish();
    }
    return Math.max(1, left);
  }

  private void finish() {
    if (!isDone) {
      isDone = true;
      whenDone.run();
    }
  }
}
