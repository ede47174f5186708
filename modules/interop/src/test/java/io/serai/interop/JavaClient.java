package io.serai.interop;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** RabbitMQ's Java client, for tests that are about what becomes of the node. */
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
}
