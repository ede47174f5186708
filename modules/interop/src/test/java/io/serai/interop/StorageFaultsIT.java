package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The assembled node on a disk that fails: errors, power cuts, no space. */
class StorageFaultsIT {
  private static final String SMALL_SEGMENTS = " -Dserai.test.segment-bytes=1048576";
  private static final String SMALL_FILE_SYSTEM = "SERAI_FAULT_FOLDER";

  private Path data;

  @BeforeEach
  void makeFolder() throws IOException {
    data = Files.createTempDirectory("serai-faults");
  }

  @AfterEach
  void removeFolder() throws IOException {
    Folders.delete(data);
  }

  private SeraiProcess startWith(String faults) throws IOException {
    return SeraiProcess.startWith("-Dserai.test.storage-faults=" + faults + SMALL_SEGMENTS, data);
  }

  private void declare(String... queues) throws Exception {
    try (SeraiProcess node = SeraiProcess.startWith(SMALL_SEGMENTS, data)) {
      for (String queue : queues) {
        JavaClient.declare(node, queue);
      }
    }
  }

  private void drain(CrashLedger ledger) throws Exception {
    try (SeraiProcess node = SeraiProcess.start(data)) {
      JavaClient.drain(node, "jobs", ledger);
    }
  }

  /** Publishes until the node has ended by itself; answers its exit code. */
  private static int publishToTheEnd(SeraiProcess node, CrashLedger ledger, String producer)
      throws Exception {
    try (var _ = new CrashPublisher(ledger, producer, node.port("amqp"), "jobs")) {
      return node.awaitEnd();
    }
  }

  @Test
  void anErrorOfASyncEndsTheNodeWithAMessageAndWhatWasConfirmedIsThere() throws Exception {
    CrashLedger ledger = new CrashLedger();
    declare("jobs");
    try (SeraiProcess node = startWith("fail=FORCE:40")) {
      assertThat(publishToTheEnd(node, ledger, "a")).isEqualTo(1);
      assertThat(node.output()).contains("journal failed, the node stops");
    }
    assertThat(ledger.confirmedCount()).isPositive();
    drain(ledger);
    FaultReport.row("an error of a sync", 1, ledger.counts());
    ledger.assertWhole();
  }

  @Test
  void anErrorOfAWriteDoesToo() throws Exception {
    CrashLedger ledger = new CrashLedger();
    declare("jobs");
    try (SeraiProcess node = startWith("fail=WRITE:60")) {
      assertThat(publishToTheEnd(node, ledger, "a")).isEqualTo(1);
      assertThat(node.output()).contains("journal failed, the node stops");
    }
    drain(ledger);
    FaultReport.row("an error of a write", 1, ledger.counts());
    ledger.assertWhole();
  }

  @Test
  void aPowerCutAtAnyNamedPointLosesNothingThatWasConfirmed() throws Exception {
    CrashLedger ledger = new CrashLedger();
    declare("jobs");
    List<String> points =
        List.of(
            "WRITTEN_NOT_SYNCED:50",
            "SYNCED_NOT_TOLD:50",
            "MID_ROLL:2",
            "MID_FOOTER:2",
            "MID_ALLOCATION:3");
    for (int i = 0; i < points.size(); i++) {
      try (SeraiProcess node = startWith("seed=" + i + ",crash-at=" + points.get(i))) {
        assertThat(publishToTheEnd(node, ledger, "p" + i)).as(points.get(i)).isEqualTo(137);
      } catch (IllegalStateException e) {
        // It came to that point while it recovered from the power cut before.
        assertThat(e).hasMessageContaining("the node did not get READY (exit 137)");
      }
    }
    drain(ledger);
    FaultReport.row("power cuts at named points", points.size(), ledger.counts());
    assertThat(ledger.confirmedCount()).isPositive();
    ledger.assertWhole();
  }

  /** Negative control: a disk that says it has synced and has not. */
  @Test
  void aDiskThatLiesAboutSyncsIsFoundOut() throws Exception {
    CrashLedger ledger = new CrashLedger();
    declare("jobs");
    try (SeraiProcess node = startWith("lying-sync,crash-at=SYNCED_NOT_TOLD:200")) {
      assertThat(publishToTheEnd(node, ledger, "a")).isEqualTo(137);
    }
    boolean isFoundOut;
    try {
      drain(ledger);
      isFoundOut = !ledger.lost().isEmpty();
    } catch (IllegalStateException refused) {
      isFoundOut = refused.getMessage().contains("is damaged");
    }
    FaultReport.control("a disk that lies about syncs", ledger.counts(), isFoundOut);
    assertThat(isFoundOut).as("lost, or the start is refused").isTrue();
  }

  /** Tells when publishers are blocked and when they may go on. */
  private static final class Blocking implements BlockedListener {
    final CountDownLatch isBlocked = new CountDownLatch(1);
    final CountDownLatch isFree = new CountDownLatch(1);
    volatile String reason = "";

    @Override
    public void handleBlocked(String why) {
      reason = why;
      isBlocked.countDown();
    }

    @Override
    public void handleUnblocked() {
      isFree.countDown();
    }
  }

  @Test
  void aFullDiskHoldsPublishersAndGoesOnByItselfWhenConsumersHaveMadeRoom() throws Exception {
    declare("jobs", "other");
    try (SeraiProcess node = startWith("disk-bytes=8000000")) {
      fillAndDrain(node, "a full disk, simulated");
    }
  }

  /** The same on a real one: {@code ./serai test faults} mounts it where it may. */
  @Test
  void aSmallFileSystemThatIsFullDoesToo() throws Exception {
    String folder = System.getenv(SMALL_FILE_SYSTEM);
    assumeTrue(folder != null, SMALL_FILE_SYSTEM + " names no small file system");
    Folders.delete(data);
    data = Files.createTempDirectory(Path.of(folder), "serai-faults");
    declare("jobs", "other");
    try (SeraiProcess node =
        SeraiProcess.startWith(SMALL_SEGMENTS, data, "--set", "limits.disk-free-limit=0")) {
      fillAndDrain(node, "a full file system of 24 MiB");
    }
  }

  private static void takeOne(Channel consumer, CrashLedger ledger) throws IOException {
    GetResponse got = consumer.basicGet("jobs", false);
    if (got != null) {
      ledger.received(got.getBody());
      consumer.basicAck(got.getEnvelope().getDeliveryTag(), false);
    }
  }

  private static Thread draining(Channel consumer, CrashLedger ledger, AtomicBoolean isFinished) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (!isFinished.get()) {
              takeOne(consumer, ledger);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** A client is told when it publishes: to nowhere, which fills no disk. */
  private static void awaitBlocked(Channel channel, Blocking blocking) throws Exception {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!blocking.isBlocked.await(50, TimeUnit.MILLISECONDS)) {
      assertThat(System.nanoTime()).as("the disk gets full").isLessThan(deadline);
      channel.basicPublish("", "nobody", null, new byte[1]);
    }
  }

  /** Publishes until the disk is full, and takes out of it until publishers may go on. */
  private void fillAndDrain(SeraiProcess node, String what) throws Exception {
    CrashLedger ledger = new CrashLedger();
    try (Connection connection = JavaClient.connect(node);
        Connection watching = JavaClient.connect(node)) {
      Blocking blocking = new Blocking();
      watching.addBlockedListener(blocking);
      try (var publisher = new CrashPublisher(ledger, "a", node.port("amqp"), "jobs")) {
        awaitBlocked(watching.createChannel(), blocking);
        assertThat(blocking.reason).isEqualTo("low on disk");
        MqttWire mqtt = MqttWire.connect(node.port("mqtt"), "full", 2, 0, "", new byte[0]);
        mqtt.next(MqttWire.CONNACK);
        mqtt.publish("$queue/other", 1, 1);
        StompWire stomp = StompWire.connect(node.port("stomp"));
        stomp.send("SEND\ndestination:/amq/queue/other\npersistent:true\nreceipt:r1\n\nx");
        assertThat(mqtt.isSilentFor(500)).as("its acknowledgement stays away").isTrue();
        assertThat(stomp.isSilentFor(500)).as("its RECEIPT stays away").isTrue();
        Channel consumer = connection.createChannel();
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (blocking.isFree.getCount() > 0) {
          takeOne(consumer, ledger);
          assertThat(System.nanoTime()).as("it goes on").isLessThan(deadline);
        }
        AtomicBoolean isFinished = new AtomicBoolean();
        Thread draining = draining(consumer, ledger, isFinished); // or the disk is full once more
        assertThat(mqtt.next(MqttWire.PUBACK).answeredId()).isEqualTo(1);
        mqtt.close();
        assertThat(stomp.next()).startsWith("RECEIPT\n").contains("receipt-id:r1\n");
        stomp.close();
        ledger.awaitConfirmed(ledger.confirmedCount() + 100);
        publisher.finish();
        isFinished.set(true);
        draining.join();
      }
      assertThat(node.output()).contains("disk full, publishers blocked");
      assertThat(node.output()).contains("disk has space, publishers go on");
    }
    assertThat(node.terminate()).isZero();
    drain(ledger);
    FaultReport.row(what, 1, ledger.counts());
    ledger.assertWhole();
  }
}
