package io.serai.bus;

/** The storage behaviour of a queue. */
public enum QueueKind {
  /** Ordered, acknowledged, bounded by its arguments. */
  CLASSIC,
  /**
   * No storage: for subscribers that take messages at most once. Keeps a short bounded run while
   * its consumer has no credit and drops the oldest beyond it.
   */
  VOLATILE
}
