package io.serai.routing.queue;

/** What became of a message that a queue gave up. */
public enum LetterFate {
  /** Every queue it goes to has it safely. */
  TAKEN,
  /** It would only go round in a circle, and ends. */
  ENDED,
  /** Nobody wanted it, or a queue refused it. */
  REFUSED,
  /** Its vhost is not configured. */
  NO_VHOST
}
