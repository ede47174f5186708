package io.serai.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code serai store backup}, of a node that runs under load and of one that does not run. */
class BackupIT {
  private static final int BEFORE = 2_000;
  private static final List<String> STREAMED =
      IntStream.range(0, 300).mapToObj(i -> "s" + i).toList();

  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("serai-backup");
  }

  @AfterEach
  void removeFolder() throws IOException {
    Folders.delete(folder);
  }

  /** What a stream has, read until so many have come. */
  private static Set<String> stream(SeraiProcess node, int count) throws Exception {
    Set<String> bodies = new HashSet<>();
    CountDownLatch all = new CountDownLatch(count);
    try (Connection connection = JavaClient.connect(node)) {
      Channel channel = connection.createChannel();
      channel.basicQos(100);
      channel.basicConsume(
          "log",
          false,
          Map.of("x-stream-offset", "first"),
          (_, delivery) -> {
            bodies.add(new String(delivery.getBody(), UTF_8));
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
            all.countDown();
          },
          _ -> {});
      assertThat(all.await(60, TimeUnit.SECONDS)).as("of " + count + ": " + bodies.size()).isTrue();
    }
    return bodies;
  }

  @Test
  void aBackupOfARunningNodeHasAllThatWasConfirmedBeforeItAndANodeStartsOnIt() throws Exception {
    Path data = folder.resolve("data");
    Path target = folder.resolve("copy");
    CrashLedger before = new CrashLedger();
    CrashLedger during = new CrashLedger();
    try (SeraiProcess node = SeraiProcess.start(data)) {
      try (Connection connection = JavaClient.connect(node)) {
        Channel channel = connection.createChannel();
        channel.queueDeclare("jobs", true, false, false, Map.of());
        channel.queueDeclare("more", true, false, false, Map.of());
        channel.queueDeclare("log", true, false, false, Map.of("x-queue-type", "stream"));
        channel.confirmSelect();
        for (int i = 0; i < 300; i++) {
          channel.basicPublish(
              "", "log", MessageProperties.PERSISTENT_BASIC, ("s" + i).getBytes(UTF_8));
        }
        channel.waitForConfirmsOrDie(60_000);
      }
      try (var first = new CrashPublisher(before, "before", node.port("amqp"), "jobs")) {
        before.awaitConfirmed(BEFORE);
        first.finish();
      }
      try (var _ = new CrashPublisher(during, "during", node.port("amqp"), "more")) {
        during.awaitConfirmed(200);
        Finished made = SeraiProcess.run("store", "backup", data.toString(), target.toString());
        assertThat(made.output()).contains("ok: ");
        assertThat(made.exitCode()).isZero();
        during.awaitConfirmed(during.confirmedCount() + 200); // the node goes on
        Finished again = SeraiProcess.run("store", "backup", data.toString(), target.toString());
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.errors()).contains("is not empty");
      }
    }
    Finished check = SeraiProcess.run("store", "check", target.toString());
    assertThat(check.output()).contains("ok: ");
    Path moved = exportedAndImported(target);
    try (SeraiProcess node = SeraiProcess.start(target)) {
      assertThat(stream(node, 300)).containsAll(STREAMED);
    }
    try (SeraiProcess node = SeraiProcess.start(moved)) {
      assertThat(stream(node, 300)).containsAll(STREAMED);
      JavaClient.drain(node, "jobs", before);
    }
    before.assertWhole();
  }

  private Path exportedAndImported(Path data) throws Exception {
    Path file = folder.resolve("export.json");
    Path copy = folder.resolve("imported");
    Finished exported = SeraiProcess.run("store", "export", data.toString(), file.toString());
    assertThat(exported.exitCode()).as(exported.errors()).isZero();
    Finished imported = SeraiProcess.run("store", "import", copy.toString(), file.toString());
    assertThat(imported.exitCode()).as(imported.errors()).isZero();
    return copy;
  }

  @Test
  void aBackupOfAStoppedNodeIsTheSame() throws Exception {
    Path data = folder.resolve("data");
    Path target = folder.resolve("copy");
    CrashLedger ledger = new CrashLedger();
    try (SeraiProcess node = SeraiProcess.start(data)) {
      JavaClient.declare(node, "jobs");
      try (var publisher = new CrashPublisher(ledger, "a", node.port("amqp"), "jobs")) {
        ledger.awaitConfirmed(200);
        publisher.finish();
      }
    }
    Finished made = SeraiProcess.run("store", "backup", data.toString(), target.toString());
    assertThat(made.output()).contains("ok: ");
    try (SeraiProcess node = SeraiProcess.start(target)) {
      JavaClient.drain(node, "jobs", ledger);
    }
    ledger.assertWhole();
  }
}
