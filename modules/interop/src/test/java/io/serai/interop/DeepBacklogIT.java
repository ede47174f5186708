package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose queue is several times as large as its heap, with RabbitMQ's Java client. */
class DeepBacklogIT {
  private static final String HEAP = "-Xmx64m";
  private static final int MESSAGES = 165_000;
  private static final int BODY_BYTES = 1024;
  private static final int UNCONFIRMED = 2_000;
  private static final int PREFETCH = 500;
  private static final int UNSETTLED = 1_000;
  private static final long LIMIT_SECONDS = 120;

  @TempDir Path data;

  private static Connection connect(SeraiProcess node) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setPort(node.port("amqp"));
    return factory.newConnection();
  }

  private static byte[] body(int number) {
    return ByteBuffer.allocate(BODY_BYTES).putInt(number).array();
  }

  private static int number(byte[] body) {
    assertThat(body).hasSize(BODY_BYTES);
    return ByteBuffer.wrap(body).getInt();
  }

  private static void publish(Channel channel) throws Exception {
    channel.confirmSelect();
    for (int i = 0; i < MESSAGES; i++) {
      channel.basicPublish("", "deep", MessageProperties.PERSISTENT_BASIC, body(i));
      if (i % UNCONFIRMED == UNCONFIRMED - 1) {
        channel.waitForConfirmsOrDie(LIMIT_SECONDS * 1000);
      }
    }
    channel.waitForConfirmsOrDie(LIMIT_SECONDS * 1000);
  }

  /** Takes messages from a number up to another, acknowledging each; fails when one is not next. */
  private static void consume(Connection connection, int from, int to) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Channel channel = connection.createChannel();
    channel.basicQos(PREFETCH);
    channel.basicConsume(
        "deep",
        false,
        new DefaultConsumer(channel) {
          private int next = from;

          @Override
          public void handleDelivery(
              String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
              throws IOException {
            if (done.isDone()) {
              return; // what was on its way is given back with the channel
            }
            if (number(body) != next) {
              done.completeExceptionally(
                  new AssertionError("got " + number(body) + " where " + next + " is next"));
              return;
            }
            getChannel().basicAck(envelope.getDeliveryTag(), false);
            if (++next == to) {
              done.complete(null);
            }
          }
        });
    done.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    channel.close();
  }

  @Test
  void aBacklogOfManyTimesTheHeapIsTakenAndGivenBackInOrderAlsoAfterRestarts() throws Exception {
    try (SeraiProcess node = SeraiProcess.startWith(HEAP, data);
        Connection connection = connect(node)) {
      Channel channel = connection.createChannel();
      channel.queueDeclare("deep", true, false, false, Map.of());
      publish(channel);
      assertThat(channel.messageCount("deep")).isEqualTo(MESSAGES);
      for (int i = 0; i < UNSETTLED; i++) { // they go back to where they were
        assertThat(number(channel.basicGet("deep", false).getBody())).isEqualTo(i);
      }
      channel.close();
      consume(connection, 0, MESSAGES / 3);
      assertThat(node.output()).doesNotContain("publishers blocked");
    }
    try (SeraiProcess node = SeraiProcess.startWith(HEAP, data)) {
      try (Connection connection = connect(node)) {
        consume(connection, MESSAGES / 3, MESSAGES / 3 * 2);
      }
      node.kill();
    }
    try (SeraiProcess node = SeraiProcess.startWith(HEAP, data);
        Connection connection = connect(node)) {
      Channel channel = connection.createChannel();
      int left = (int) channel.messageCount("deep");
      // What was acknowledged just before the kill may be there again.
      assertThat(left).isGreaterThanOrEqualTo(MESSAGES / 3);
      consume(connection, MESSAGES - left, MESSAGES);
      assertThat(channel.basicGet("deep", true)).isNull();
    }
  }
}
