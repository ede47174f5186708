package io.serai.gateway.amqp.v091;

import io.serai.model.Value;
import java.util.ArrayList;
import java.util.List;

/** What the server says of itself in connection.start (AMQP 0-9-1 §1.4.2.1). */
final class ServerProperties {
  /** Extensions of RabbitMQ that clients look for before they use them. */
  private static final List<String> CAPABILITIES =
      List.of(
          "publisher_confirms",
          "exchange_exchange_bindings",
          "basic.nack",
          "consumer_cancel_notify",
          "connection.blocked",
          "consumer_priorities",
          "authentication_failure_close",
          "per_consumer_qos",
          "direct_reply_to");

  private ServerProperties() {}

  /**
   * The table to send. The product is our own name: kombu, and so Celery, changes the meaning of
   * its basic.qos for a product called RabbitMQ, and {@link ClientTraits} answers for the other
   * case.
   */
  static Value.MapOf of(String version) {
    List<Value.Entry> capabilities = new ArrayList<>();
    for (String name : CAPABILITIES) {
      capabilities.add(entry(name, new Value.Bool(true)));
    }
    return new Value.MapOf(
        List.of(
            entry("capabilities", new Value.MapOf(capabilities)),
            entry("cluster_name", Value.of("serai")),
            entry("copyright", Value.of("The Serai authors")),
            entry("information", Value.of("Licensed under the Apache License 2.0")),
            entry("platform", Value.of("Java " + Runtime.version().feature())),
            entry("product", Value.of("Serai")),
            entry("version", Value.of(version))));
  }

  private static Value.Entry entry(String name, Value value) {
    return new Value.Entry(new Value.Str(name), value);
  }
}
