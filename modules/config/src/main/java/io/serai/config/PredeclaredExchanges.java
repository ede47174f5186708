package io.serai.config;

import java.util.Map;

/** The exchanges that every vhost has without declaring them. */
final class PredeclaredExchanges {
  private PredeclaredExchanges() {}

  /** Name to type; the default exchange has the empty name (AMQP 0-9-1 §3.1.3). */
  static final Map<String, String> TYPES =
      Map.of(
          "", "direct",
          "amq.direct", "direct",
          "amq.fanout", "fanout",
          "amq.topic", "topic",
          "amq.headers", "headers",
          "amq.match", "headers",
          "amq.sys", "topic");
}
