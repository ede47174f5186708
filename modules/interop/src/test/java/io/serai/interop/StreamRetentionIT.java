package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Retention of streams on disk, with the RabbitMQ Java client. */
class StreamRetentionIT {
  private static final int LIMIT_BYTES = 4_000_000;
  private static final byte[] BODY = new byte[1_000];

  private static void publish(Channel channel, String stream, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      channel.basicPublish("", stream, MessageProperties.PERSISTENT_BASIC, BODY);
      if (i % 500 == 499) {
        channel.waitForConfirmsOrDie(60_000);
      }
    }
    channel.waitForConfirmsOrDie(60_000);
  }

  @Test
  @Timeout(600)
  void aStreamKeepsAboutWhatItMayAndAReaderBehindGoesOnAtWhatIsLeft() throws Exception {
    String stream = "kept-in-part";
    try (Connection connection = JavaClient.connect(SharedNode.get())) {
      Channel channel = connection.createChannel();
      channel.confirmSelect();
      channel.queueDeclare(
          stream,
          true,
          false,
          false,
          Map.of("x-queue-type", "stream", "x-max-length-bytes", (long) LIMIT_BYTES));
      publish(channel, stream, 100);
      List<Long> seen = Collections.synchronizedList(new ArrayList<>());
      Channel slow = connection.createChannel();
      slow.basicQos(10);
      slow.basicConsume(
          stream,
          false,
          Map.of("x-stream-offset", "first"),
          (_, message) ->
              seen.add(
                  ((Number) message.getProperties().getHeaders().get("x-stream-offset"))
                      .longValue()),
          _ -> {});
      while (seen.size() < 10) {
        Thread.sleep(10);
      }
      int count = 12_000;
      publish(channel, stream, count - 100);

      long kept;
      long first;
      do { // what is too much goes a moment after it was written
        kept = channel.queueDeclarePassive(stream).getMessageCount();
        first = firstOffset(connection, stream);
      } while (first != count - kept);
      assertThat(kept * BODY.length).isBetween(LIMIT_BYTES / 2L, LIMIT_BYTES * 2L);

      assertThat(seen).hasSize(10);
      slow.basicAck(10, true);
      int settled = 10;
      while (seen.getLast() < first) {
        Thread.sleep(20);
        if (seen.size() > settled) {
          settled = seen.size();
          slow.basicAck(settled, true);
        }
      }
      assertThat(List.copyOf(seen)).isSorted().doesNotHaveDuplicates(); // more may come meanwhile
      channel.queueDelete(stream);
    }
  }

  private static long firstOffset(Connection connection, String stream) throws Exception {
    AtomicLong first = new AtomicLong();
    StreamReplay.read(
        connection,
        stream,
        0L,
        (offset, _) -> {
          first.set(offset);
          return false;
        });
    return first.get();
  }
}
