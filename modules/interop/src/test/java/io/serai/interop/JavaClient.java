package io.serai.interop;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** RabbitMQ's Java client, for tests that are about the node. */
final class JavaClient {
  private JavaClient() {}

  /** A connection that is not made again when its node is gone. */
  static Connection connect(SeraiProcess node) throws IOException, TimeoutException {
    return connect(node.port("amqp"));
  }

  /** Likewise, to a port. */
  static Connection connect(int port) throws IOException, TimeoutException {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setPort(port);
    factory.setAutomaticRecoveryEnabled(false);
    return factory.newConnection();
  }

  /** Declares a durable queue. */
  static void declare(SeraiProcess node, String queue) throws Exception {
    try (Connection connection = connect(node)) {
      connection.createChannel().queueDeclare(queue, true, false, false, Map.of());
    }
  }

  /** Takes everything out of a queue, acknowledging it. */
  static void drain(SeraiProcess node, String queue, CrashLedger ledger) throws Exception {
    try (Connection connection = connect(node)) {
      Channel channel = connection.createChannel();
      for (GetResponse got; (got = channel.basicGet(queue, false)) != null; ) {
        ledger.received(got.getBody());
        channel.basicAck(got.getEnvelope().getDeliveryTag(), false);
      }
    }
  }
}
