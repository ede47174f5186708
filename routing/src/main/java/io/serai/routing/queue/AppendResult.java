package io.serai.routing.queue;

/** What a queue did with a message it was given. */
enum AppendResult {
  /** It is the queue's, or with a consumer. */
  TAKEN,

  /** Nobody will get it, and its publisher need not know. */
  DROPPED,

  /** Nobody will get it, and its publisher has to be told. */
  REFUSED
}
