package io.serai.gateway.amqp;

import io.serai.gateway.amqp.frame.AmqpFrame;

/**
 * The eight bytes a client opens with: {@code AMQP} and four numbers. A server that does not speak
 * that version answers with one it does speak and closes (AMQP 0-9-1 §4.2.2).
 *
 * @param protocolId 0 for AMQP itself; 1.0 uses 2 for TLS and 3 for SASL
 * @param major version 0 or 1
 * @param minor with it
 * @param revision with both
 */
public record ProtocolHeader(int protocolId, int major, int minor, int revision)
    implements AmqpFrame {
  /** Length on the wire. */
  static final int BYTES = 8;

  /** AMQP 0-9-1. */
  public static final ProtocolHeader V_0_9_1 = new ProtocolHeader(0, 0, 9, 1);

  /** AMQP 0-9, which clients that send it mean as 0-9-1: RabbitMQ takes it, too. */
  static final ProtocolHeader V_0_9 = new ProtocolHeader(1, 1, 0, 9);

  /** Whatever did not start with {@code AMQP}. */
  static final ProtocolHeader UNKNOWN = new ProtocolHeader(255, 255, 255, 255);
}
