package io.serai.bus;

/** Why the broker refuses a request; gateways translate it to their protocol's code. */
public enum Refusal {
  /** AMQP 404. */
  NOT_FOUND,
  /** AMQP 403. */
  ACCESS_REFUSED,
  /** AMQP 405: exclusive to another connection. */
  RESOURCE_LOCKED,
  /** AMQP 406. */
  PRECONDITION_FAILED,
  /** AMQP 530. */
  NOT_ALLOWED,
  /** AMQP 540. */
  NOT_IMPLEMENTED,
  /** AMQP 506: a limit is reached. */
  RESOURCE_ERROR,
  /** AMQP 541: our fault. */
  INTERNAL_ERROR
}
