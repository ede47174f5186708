package io.serai.routing.queue;

/** Why a queue gives a message up without anybody having processed it. */
public enum DeathReason {
  /** A consumer refused it for good. */
  REJECTED("rejected"),
  /** Its time to live ended. */
  EXPIRED("expired"),
  /** The queue was full. */
  MAXLEN("maxlen"),
  /** It came back more often than the queue allows. */
  DELIVERY_LIMIT("delivery_limit");

  private final String word;

  DeathReason(String word) {
    this.word = word;
  }

  /** What the {@code x-death} header calls it. */
  String word() {
    return word;
  }
}
