package io.serai.routing.queue;

/** Work that nobody waits for and that is too much for one turn of the loop. */
interface Chore {
  /** Whether all is done. */
  boolean isDone();

  /**
   * Does some of it.
   *
   * @param most messages to handle at most
   * @return how many it handled, at least 1
   */
  int doSome(int most);
}
