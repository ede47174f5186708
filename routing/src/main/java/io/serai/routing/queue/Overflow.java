package io.serai.routing.queue;

/** What happens to a message that does not fit into its queue (x-overflow). */
public enum Overflow {
  /** The oldest messages go. */
  DROP_HEAD,
  /** The new one goes; its publisher is told that all is well. */
  DROP_TAIL,
  /** The new one is refused: its publisher gets a negative confirm. */
  REJECT_PUBLISH
}
