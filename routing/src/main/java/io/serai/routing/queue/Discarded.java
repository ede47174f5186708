package io.serai.routing.queue;

import io.serai.bus.QueueRef;
import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/** The ready messages of a purged or deleted queue, on their way out. */
final class Discarded {
  private final ReadyMessages messages;
  private final MemoryAccount memory;
  private final @Nullable Store store;
  private final QueueRef queue;

  /**
   * @param store told of each durable message; null when it knows already
   */
  Discarded(QueueRef queue, ReadyMessages messages, MemoryAccount memory, @Nullable Store store) {
    this.queue = queue;
    this.messages = messages;
    this.memory = memory;
    this.store = store;
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  /** Lets go of at most {@code most} messages and answers how many, at least 1. */
  int dropSome(int most) {
    int dropped = 0;
    for (; dropped < most && !messages.isEmpty(); dropped++) {
      Message message = messages.headMessage();
      if (store != null && message.encoding().isDurable()) {
        store.settle(queue, messages.headSequence());
      }
      messages.removeHead();
      memory.drop(message);
    }
    return Math.max(1, dropped);
  }
}
