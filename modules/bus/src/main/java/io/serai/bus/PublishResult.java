package io.serai.bus;

/** What routing says of a published message at once; storing it is confirmed separately. */
public enum PublishResult {
  /** At least one queue will get it. */
  ROUTED,
  /** Nothing matched (AMQP 312 NO_ROUTE when mandatory, MQTT 5 reason 0x10). */
  UNROUTABLE,
  /** The user may not write there (AMQP 403, MQTT 5 reason 0x87). */
  DENIED,
  /** The exchange does not exist (AMQP 404). */
  NO_EXCHANGE,
  /** The exchange takes messages from other exchanges only (AMQP 403). */
  INTERNAL_EXCHANGE,
  /** Never routed: its publisher was over its rate, and nobody waits for the message. */
  SHED
}
