package io.serai.bench.load;

/** A publishing connection. What it publishes gathers until its link is flushed. */
interface Publisher extends Inbound {
  /** Bytes a publisher gathers at most before the socket has to take some. */
  int MAX_PENDING_BYTES = 256 * 1024;

  /** Whether the window of unconfirmed messages and the buffer have room. */
  boolean mayPublish();

  /** Publishes the next message, stamped with the time it was due. */
  void publish(long dueNanos);

  /** Messages not confirmed; 0 without confirms. */
  long unconfirmed();

  /** Messages the broker gave back or refused. */
  long refused();
}
