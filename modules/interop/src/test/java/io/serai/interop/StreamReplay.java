package io.serai.interop;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Reads a stream from some place on, with the RabbitMQ Java client. */
final class StreamReplay {
  private static final int PREFETCH = 5_000;
  private static final int QUIET_SECONDS = 60;

  /** Takes one message. */
  interface Each {
    /** Returns whether to go on. */
    boolean message(long offset, byte[] body);
  }

  private StreamReplay() {}

  /**
   * Reads until it is told to stop.
   *
   * @param from an {@code x-stream-offset}
   */
  static void read(Connection connection, String stream, Object from, Each each) throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    AtomicLong count = new AtomicLong();
    start(
        connection,
        stream,
        from,
        (offset, body) -> {
          count.incrementAndGet();
          boolean goesOn = done.getCount() > 0 && each.message(offset, body);
          if (!goesOn) {
            done.countDown();
          }
          return goesOn;
        });
    for (long before = -1; !done.await(QUIET_SECONDS, TimeUnit.SECONDS); before = count.get()) {
      if (count.get() == before) {
        throw new IllegalStateException(
            "the stream gives no more after %d messages, and more was expected".formatted(before));
      }
    }
  }

  /** Reads as long as the connection is there, or until it is told to stop. */
  static void start(Connection connection, String stream, Object from, Each each)
      throws IOException {
    Channel channel = connection.createChannel();
    channel.basicQos(PREFETCH);
    channel.basicConsume(
        stream,
        false,
        Map.of("x-stream-offset", from),
        new DefaultConsumer(channel) {
          private long last = -1;
          private int sinceAck;

          @Override
          public void handleDelivery(
              String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
              throws IOException {
            long offset = ((Number) properties.getHeaders().get("x-stream-offset")).longValue();
            if (last >= 0 && offset != last + 1) {
              throw new IllegalStateException("offset " + offset + " after " + last);
            }
            last = offset;
            if (!each.message(offset, body)) {
              return;
            }
            if (++sinceAck == PREFETCH / 2) {
              sinceAck = 0;
              channel.basicAck(envelope.getDeliveryTag(), true);
            }
          }
        });
  }
}
