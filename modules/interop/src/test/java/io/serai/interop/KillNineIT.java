package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The assembled node is killed while clients use it; what it confirmed is there afterwards. */
class KillNineIT {
  private static final int ROUNDS = FaultReport.rounds(3);

  private static final String WHAT = "AMQP confirms, kill -9";

  private static final int CONFIRMED_A_ROUND = 500;

  private Path data;

  @BeforeEach
  void makeFolder() throws IOException {
    data = Files.createTempDirectory("serai-crash");
  }

  @AfterEach
  void removeFolder() throws IOException {
    Folders.delete(data);
  }

  @Test
  void confirmedPersistentMessagesSurviveEveryKill() throws Exception {
    CrashLedger ledger = new CrashLedger();
    List<Long> gapsMillis = new ArrayList<>();
    long killedAtNanos = 0;
    for (int round = 0; round < ROUNDS; round++) {
      FaultReport.round(WHAT, round, ROUNDS);
      try (SeraiProcess node = SeraiProcess.start(data)) {
        if (round == 0) {
          JavaClient.declare(node, "jobs");
        }
        int before = ledger.confirmedCount();
        try (var _ = new CrashPublisher(ledger, "a" + round, node.port("amqp"), "jobs");
            var _ = new CrashPublisher(ledger, "b" + round, node.port("amqp"), "jobs")) {
          ledger.awaitConfirmed(before + 1);
          if (round > 0) {
            gapsMillis.add((System.nanoTime() - killedAtNanos) / 1_000_000);
          }
          ledger.awaitConfirmed(before + CONFIRMED_A_ROUND);
          node.kill();
          killedAtNanos = System.nanoTime();
        }
      }
    }
    try (SeraiProcess node = SeraiProcess.start(data)) {
      JavaClient.drain(node, "jobs", ledger);
    }
    gapsMillis.sort(null);
    System.out.printf(
        "without confirms p50 %d ms, worst %d ms%n",
        gapsMillis.isEmpty() ? 0 : gapsMillis.get(gapsMillis.size() / 2),
        gapsMillis.isEmpty() ? 0 : gapsMillis.getLast());
    FaultReport.row(WHAT, ROUNDS, ledger.counts());
    ledger.assertWhole();
  }

  /** Negative control: the same check fails for a node that has lost its folder. */
  @Test
  void aNodeThatForgetsIsFoundOut() throws Exception {
    CrashLedger ledger = new CrashLedger();
    try (SeraiProcess node = SeraiProcess.start(data)) {
      JavaClient.declare(node, "jobs");
      try (var _ = new CrashPublisher(ledger, "a", node.port("amqp"), "jobs")) {
        ledger.awaitConfirmed(CONFIRMED_A_ROUND);
        node.kill();
      }
    }
    removeFolder();
    try (SeraiProcess node = SeraiProcess.start(data)) {
      JavaClient.declare(node, "jobs");
      JavaClient.drain(node, "jobs", ledger);
    }
    boolean isFoundOut = ledger.lost().size() == ledger.confirmedCount();
    FaultReport.control("a node that lost its folder", ledger.counts(), isFoundOut);
    assertThat(isFoundOut).as("everything is lost").isTrue();
    ledger.received("a 999999 x 1".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(ledger.damaged()).hasSize(1);
  }

  @Test
  void transientMessagesAndQueuesEndWithTheNodeAndAcknowledgedOnesStayAway() throws Exception {
    try (SeraiProcess node = SeraiProcess.start(data)) {
      Channel channel = JavaClient.connect(node).createChannel();
      channel.confirmSelect();
      channel.queueDeclare("kept", true, false, false, Map.of());
      channel.queueDeclare("gone", false, false, false, Map.of());
      channel.basicPublish("", "kept", MessageProperties.PERSISTENT_BASIC, new byte[] {1});
      channel.basicPublish("", "kept", MessageProperties.BASIC, new byte[] {2});
      channel.basicPublish("", "kept", MessageProperties.PERSISTENT_BASIC, new byte[] {3});
      channel.waitForConfirmsOrDie(60_000);
      GetResponse first = channel.basicGet("kept", false);
      channel.basicAck(first.getEnvelope().getDeliveryTag(), false);
      channel.basicPublish("", "kept", MessageProperties.PERSISTENT_BASIC, new byte[] {4});
      channel.waitForConfirmsOrDie(60_000); // the acknowledgement is safe with it
      node.kill();
    }
    try (SeraiProcess node = SeraiProcess.start(data);
        Connection connection = JavaClient.connect(node)) {
      Channel channel = connection.createChannel();
      assertThat(channel.basicGet("kept", false).getBody()).containsExactly(3);
      assertThat(channel.basicGet("kept", false).getBody()).containsExactly(4);
      assertThat(channel.basicGet("kept", false)).isNull();
      assertThat(node.output()).contains("\"event\":\"restored\"");
    }
  }
}
