package io.serai.routing.queue;

/** A basic.get, once whatever has expired at the head of the queue is out of its way. */
final class Taking implements Chore {
  private final Dispatch dispatch;
  private final Unprocessed unprocessed;
  private final Runnable take;
  private boolean isDone;

  /**
   * @param take run once, when the head is what can be taken, or there is none
   */
  Taking(Dispatch dispatch, Unprocessed unprocessed, Runnable take) {
    this.dispatch = dispatch;
    this.unprocessed = unprocessed;
    this.take = take;
  }

  @Override
  public boolean isDone() {
    return isDone;
  }

  @Override
  public int doSome(int most) {
    int dropped = 0;
    for (; dropped < most && dispatch.isHeadExpired(); dropped++) {
      unprocessed.dropHead(DeathReason.EXPIRED);
    }
    if (!dispatch.isHeadExpired()) {
      isDone = true;
      take.run();
    }
    return Math.max(1, dropped);
  }
}
