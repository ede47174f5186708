package io.serai.routing.selector;

import io.serai.bus.ConsumerView;

/**
 * Who wrote the selector. The dialects share grammar, names and meaning; they differ in three
 * literals only.
 */
public enum Dialect {
  /**
   * Message selectors of Jakarta Messaging (JMS 2.0 §3.8.1.1), also STOMP's and the AMQP 1.0 filter
   * {@code apache.org:selector-filter:string}: {@code "x"} is a header's name, {@code 0x1F} and
   * {@code 017} are whole numbers as in Java.
   */
  JMS,

  /**
   * AMQP 1.0's {@code amqp:sql-filter} as RabbitMQ 4.2 reads it (AMQP Filter Expressions 1.0 §6):
   * {@code "x"} is a text, {@code 0x1F} are bytes, {@code 017} is seventeen.
   */
  AMQP_SQL;

  /** The dialect of what a consumer asks for. */
  public static Dialect of(ConsumerView.Syntax syntax) {
    return switch (syntax) {
      case JMS -> JMS;
      case AMQP_SQL -> AMQP_SQL;
    };
  }
}
