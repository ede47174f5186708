package io.serai.bus;

/** How a consumer's credit comes back after a delivery. */
public enum CreditMode {
  /**
   * Each settle gives one credit back by itself: a limit that belongs to one consumer (AMQP 0-9-1
   * per-consumer prefetch, an MQTT session's receive maximum).
   */
  PER_SETTLE,
  /** Only {@link ShardCommand.GrantCredit} adds credit (AMQP 1.0 links, unlimited consumers). */
  GRANTED,
  /**
   * The limit is shared by consumers of several queues. The shard says {@link SessionEvent.Ready}
   * when it has messages and no credit; the session grants a slice with drain and what is not used
   * comes back as {@link SessionEvent.Drained}.
   */
  SHARED
}
