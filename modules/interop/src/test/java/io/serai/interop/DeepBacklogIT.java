package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose queue is several times as large as its heap, with RabbitMQ's Java client. */
class DeepBacklogIT {
  /** Each processor costs some of it: as many as the figures here are for. */
  private static final String HEAP = "-Xmx64m -XX:ActiveProcessorCount=2";

  private static final int MESSAGES = 165_000;
  private static final int UNSETTLED = 1_000;

  @TempDir Path data;

  private static void consume(Connection connection, int from, int to) throws Exception {
    NumberedMessages.consume(connection, "deep", from, to);
  }

  @Test
  void aBacklogOfManyTimesTheHeapIsTakenAndGivenBackInOrderAlsoAfterRestarts() throws Exception {
    try (SeraiProcess node = SeraiProcess.startWith(HEAP, data);
        Connection connection = JavaClient.connect(node)) {
      Channel channel = connection.createChannel();
      channel.queueDeclare("deep", true, false, false, Map.of());
      NumberedMessages.publish(
          channel, "", "deep", MessageProperties.PERSISTENT_BASIC, 0, MESSAGES);
      assertThat(channel.messageCount("deep")).isEqualTo(MESSAGES);
      for (int i = 0; i < UNSETTLED; i++) { // they go back to where they were
        byte[] body = channel.basicGet("deep", false).getBody();
        assertThat(NumberedMessages.number(body)).isEqualTo(i);
      }
      channel.close();
      consume(connection, 0, MESSAGES / 3);
      node.awaitPublishersGoOn();
    }
    try (SeraiProcess node = SeraiProcess.startWith(HEAP, data)) {
      try (Connection connection = JavaClient.connect(node)) {
        consume(connection, MESSAGES / 3, MESSAGES / 3 * 2);
      }
      node.kill();
    }
    try (SeraiProcess node = SeraiProcess.startWith(HEAP, data);
        Connection connection = JavaClient.connect(node)) {
      Channel channel = connection.createChannel();
      int left = (int) channel.messageCount("deep");
      // What was acknowledged just before the kill may be there again.
      assertThat(left).isGreaterThanOrEqualTo(MESSAGES / 3);
      consume(connection, MESSAGES - left, MESSAGES);
      assertThat(channel.basicGet("deep", true)).isNull();
    }
  }
}
