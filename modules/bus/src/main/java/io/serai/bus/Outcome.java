package io.serai.bus;

/** How a consumer settles a delivery; every protocol's acks map to these. */
public enum Outcome {
  /** Processed: the queue forgets it (ack, PUBACK, accepted). */
  ACCEPTED,
  /** Refused for good: dead-lettered or dropped (reject or nack without requeue, rejected). */
  REJECTED,
  /** Not processed: back to its old place, marked redelivered (requeue, released). */
  RETURNED
}
