package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Messages of 1 KiB with a number each, published and consumed with RabbitMQ's Java client. */
final class NumberedMessages {
  private static final int BODY_BYTES = 1024;
  private static final int UNCONFIRMED = 2_000;
  private static final int PREFETCH = 500;
  private static final long LIMIT_SECONDS = 300;

  private NumberedMessages() {}

  private static byte[] body(int number) {
    return ByteBuffer.allocate(BODY_BYTES).putInt(number).array();
  }

  static int number(byte[] body) {
    assertThat(body).hasSize(BODY_BYTES);
    return ByteBuffer.wrap(body).getInt();
  }

  /** Publishes the numbers from one up to another and waits until all are confirmed. */
  static void publish(
      Channel channel,
      String exchange,
      String key,
      AMQP.BasicProperties properties,
      int from,
      int to)
      throws Exception {
    channel.confirmSelect();
    for (int i = from; i < to; i++) {
      channel.basicPublish(exchange, key, properties, body(i));
      if (i % UNCONFIRMED == UNCONFIRMED - 1) {
        channel.waitForConfirmsOrDie(LIMIT_SECONDS * 1000);
      }
    }
    channel.waitForConfirmsOrDie(LIMIT_SECONDS * 1000);
  }

  /** Takes messages from a number up to another, acknowledging each; fails when one is not next. */
  static void consume(Connection connection, String queue, int from, int to) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Channel channel = connection.createChannel();
    channel.basicQos(PREFETCH);
    channel.basicConsume(
        queue,
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
}
