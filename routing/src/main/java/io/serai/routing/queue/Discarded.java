package io.serai.routing.queue;

import io.serai.model.Message;

/** The ready messages of a purged or deleted queue, on their way out. */
final class Discarded implements Chore {
  private final ReadyMessages messages;
  private final Custody custody;

  /**
   * @param custody the queue's, told of each message
   */
  Discarded(ReadyMessages messages, Custody custody) {
    this.messages = messages;
    this.custody = custody;
  }

  @Override
  public boolean isDone() {
    return messages.isEmpty();
  }

  @Override
  public int doSome(int most) {
    int dropped = 0;
    for (; dropped < most && !messages.isEmpty(); dropped++) {
      Message message = messages.headIfHere();
      long sequence = messages.headSequence();
      messages.removeHead();
      if (message == null) {
        custody.letGoUnseen(sequence);
      } else {
        custody.letGo(sequence, message);
      }
    }
    return Math.max(1, dropped);
  }
}
