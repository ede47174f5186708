package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More persistent messages that wait for their time than fit the node's heap. */
class DelayedBacklogIT {
  /** Each processor costs some of it: as many as the figures here are for. */
  private static final String HEAP = "-Xmx64m -XX:ActiveProcessorCount=2";

  private static final int MESSAGES = 60_000;
  private static final int DELAY_MILLIS = 12_000;
  private static final long LIMIT_NANOS = 300_000_000_000L;

  @TempDir Path data;

  private static void declare(Channel channel) throws Exception {
    channel.exchangeDeclare(
        "later", "x-delayed-message", true, false, Map.of("x-delayed-type", "direct"));
    channel.queueDeclare("due", true, false, false, Map.of());
    channel.queueBind("due", "later", "due");
  }

  private static AMQP.BasicProperties delayed() {
    return MessageProperties.PERSISTENT_BASIC
        .builder()
        .headers(Map.of("x-delay", DELAY_MILLIS))
        .build();
  }

  @Test
  void theyComeInOrderAndPublishersDoNotWait() throws Exception {
    try (SeraiProcess node = SeraiProcess.startWith(HEAP, data);
        Connection connection = JavaClient.connect(node)) {
      Channel channel = connection.createChannel();
      declare(channel);
      NumberedMessages.publish(channel, "later", "due", delayed(), 0, MESSAGES);
      node.awaitPublishersGoOn();
      NumberedMessages.consume(connection, "due", 0, MESSAGES);
      node.awaitPublishersGoOn();
    }
  }

  /** What is due when the node starts is moved at once, by as many event loops as there are. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void afterAKillEachComesOnce(boolean areDue) throws Exception {
    String loops = "node.event-loops=" + (areDue ? 16 : 2);
    try (SeraiProcess node = SeraiProcess.startWith(HEAP, data)) {
      try (Connection connection = JavaClient.connect(node)) {
        Channel channel = connection.createChannel();
        declare(channel);
        NumberedMessages.publish(channel, "later", "due", delayed(), 0, MESSAGES);
      }
      node.kill();
    }
    if (areDue) {
      Thread.sleep(DELAY_MILLIS);
    }
    try (SeraiProcess node = SeraiProcess.startWith(HEAP, data, "--set", loops);
        Connection connection = JavaClient.connect(node)) {
      Channel channel = connection.createChannel();
      BitSet got = new BitSet(MESSAGES);
      long limit = System.nanoTime() + LIMIT_NANOS;
      while (got.cardinality() < MESSAGES && System.nanoTime() < limit) {
        GetResponse next = channel.basicGet("due", true);
        if (next == null) {
          Thread.sleep(20); // nothing is due
        } else {
          int number = NumberedMessages.number(next.getBody());
          assertThat(got.get(number)).as("%s a second time", number).isFalse();
          got.set(number);
        }
      }
      assertThat(got.cardinality()).isEqualTo(MESSAGES);
      node.awaitPublishersGoOn();
    }
  }
}
