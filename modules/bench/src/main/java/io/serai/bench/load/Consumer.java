package io.serai.bench.load;

/** A consuming connection. */
interface Consumer extends Inbound {
  /** Acknowledges what is not yet. Once, after the last delivery. */
  void acknowledgeRest();
}
