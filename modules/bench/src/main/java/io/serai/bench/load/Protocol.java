package io.serai.bench.load;

/** What a publisher or a consumer of the load speaks. */
public enum Protocol {
  /** AMQP 0-9-1. */
  AMQP,
  /** MQTT 3.1.1. */
  MQTT
}
