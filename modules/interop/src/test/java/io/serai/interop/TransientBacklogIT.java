package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues of transient messages that are larger than the node's heap. */
class TransientBacklogIT {
  /** Each processor costs some of it: as many as the figures here are for. */
  private static final String HEAP = "-Xmx64m -XX:ActiveProcessorCount=2";

  private static final int MESSAGES = 120_000;
  private static final int PAIRS = 20_000;

  @TempDir Path data;

  @Test
  void aBacklogOfManyTimesTheHeapIsTakenAndGivenBackInOrder() throws Exception {
    try (SeraiProcess node = SeraiProcess.startWith(HEAP, data);
        Connection connection = JavaClient.connect(node)) {
      Channel channel = connection.createChannel();
      channel.queueDeclare("durable", true, false, false, Map.of());
      channel.queueDeclare("transient", false, false, false, Map.of());
      NumberedMessages.publish(channel, "", "durable", MessageProperties.BASIC, 0, MESSAGES);
      NumberedMessages.publish(channel, "", "transient", MessageProperties.BASIC, 0, MESSAGES);
      node.awaitPublishersGoOn();
      assertThat(data.resolve("spill")).isDirectory();
      NumberedMessages.consume(connection, "transient", 0, MESSAGES);
      NumberedMessages.consume(connection, "durable", 0, MESSAGES);
      assertThat(channel.basicGet("durable", true)).isNull();
      assertThat(channel.basicGet("transient", true)).isNull();
    }
    assertThat(data.resolve("spill")).doesNotExist();
  }

  @Test
  void afterAKillPersistentMessagesAreThereAndTransientOnesAreNot() throws Exception {
    try (SeraiProcess node = SeraiProcess.startWith(HEAP, data)) {
      try (Connection connection = JavaClient.connect(node)) {
        Channel channel = connection.createChannel();
        channel.queueDeclare("mixed", true, false, false, Map.of());
        for (int i = 0; i < PAIRS; i += 1_000) {
          NumberedMessages.publish(
              channel, "", "mixed", MessageProperties.PERSISTENT_BASIC, i, i + 1_000);
          NumberedMessages.publish(channel, "", "mixed", MessageProperties.BASIC, i, i + 1_000);
        }
        assertThat(channel.messageCount("mixed")).isEqualTo(2 * PAIRS);
        assertThat(data.resolve("spill")).isDirectory();
      }
      node.kill();
    }
    try (SeraiProcess node = SeraiProcess.startWith(HEAP, data);
        Connection connection = JavaClient.connect(node)) {
      Channel channel = connection.createChannel();
      assertThat(data.resolve("spill")).doesNotExist();
      assertThat(channel.messageCount("mixed")).isEqualTo(PAIRS);
      GetResponse first = channel.basicGet("mixed", false);
      assertThat(NumberedMessages.number(first.getBody())).isZero();
      assertThat(first.getProps().getDeliveryMode()).isEqualTo(2);
      channel.close();
      NumberedMessages.consume(connection, "mixed", 0, PAIRS);
    }
  }

  @Test
  void aDiskThatFailsLeavesThemInMemoryUntilItCanBeWrittenAgain() throws Exception {
    String faults = " -Dserai.test.storage-faults=only-in=spill,fail=WRITE:40";
    try (SeraiProcess node = SeraiProcess.startWith("-Xmx192m" + faults, data)) {
      try (Connection connection = JavaClient.connect(node)) {
        Channel channel = connection.createChannel();
        channel.queueDeclare("transient", false, false, false, Map.of());
        NumberedMessages.publish(channel, "", "transient", MessageProperties.BASIC, 0, PAIRS);
        String stay = "transient messages cannot be written out and stay";
        Eventually.await(node::output, 60, () -> node.output().contains(stay));
        assertThat(node.output()).containsOnlyOnce(stay);
        assertThat(node.metric("serai_spill_closed")).isOne();
        channel.queueDeclare("durable", true, false, false, Map.of());
        NumberedMessages.publish(
            channel, "", "durable", MessageProperties.PERSISTENT_BASIC, 0, 1_000);
        NumberedMessages.consume(connection, "durable", 0, 1_000);
        Eventually.await(
            node::output, 60, () -> node.output().contains("transient messages are written out"));
        assertThat(node.metric("serai_spill_closed")).isZero();
        NumberedMessages.publish(
            channel, "", "transient", MessageProperties.BASIC, PAIRS, 3 * PAIRS);
        assertThat(data.resolve("spill/2")).isDirectory();
        NumberedMessages.consume(connection, "transient", 0, 3 * PAIRS);
        Eventually.await(
            "what is consumed to be deleted", 60, () -> !Files.exists(data.resolve("spill/1")));
      }
      assertThat(node.terminate()).as("exit code").isZero();
    }
  }
}
