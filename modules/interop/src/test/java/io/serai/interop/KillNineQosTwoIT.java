package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** QoS 2 between clients whose sessions stay, with the node killed in the middle: exactly once. */
class KillNineQosTwoIT {
  private static final int ROUNDS = FaultReport.rounds(4);
  private static final String TO_SUBSCRIBER = "MQTT QoS 2, to a session, kill -9";
  private static final String INTO_STREAM = "MQTT QoS 2, into a stream, kill -9";
  private static final String TO_GROUP = "MQTT QoS 2, to a group's members, kill -9";
  private static final int CONFIRMED_A_ROUND = 150;
  private static final long QUIET_MILLIS = 30_000;

  private Path data;

  @BeforeEach
  void makeFolder() throws IOException {
    data = Files.createTempDirectory("serai-crash");
  }

  @AfterEach
  void removeFolder() throws IOException {
    KillNineIT.delete(data);
  }

  private static Thread publishing(QosTwoClient client, String topic, AtomicBoolean isStopping) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (!isStopping.get()) {
              client.publish(topic);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static void await(String what, java.util.function.BooleanSupplier isSo)
      throws InterruptedException {
    long deadline = System.nanoTime() + QUIET_MILLIS * 1_000_000;
    while (!isSo.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      Thread.sleep(10);
    }
  }

  /** What a round begins with. */
  private interface Beginning {
    void begin(SeraiProcess node, int round) throws Exception;
  }

  /** Two clients publish, and the node is killed under them, again and again. */
  private void publishThroughKills(
      String what, CrashLedger ledger, QosTwoClient one, QosTwoClient two, Beginning beginning)
      throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      FaultReport.round(what, round, ROUNDS);
      AtomicBoolean isStopping = new AtomicBoolean();
      int before = ledger.confirmedCount();
      try (SeraiProcess node = SeraiProcess.start(data)) {
        beginning.begin(node, round);
        one.connect(node.port("mqtt"));
        two.connect(node.port("mqtt"));
        assertThat(one.wasSessionPresent()).isEqualTo(round > 0);
        Thread first = publishing(one, "x/1", isStopping);
        Thread second = publishing(two, "x/2", isStopping);
        ledger.awaitConfirmed(before + CONFIRMED_A_ROUND);
        node.kill();
        isStopping.set(true);
        first.join(QUIET_MILLIS);
        second.join(QUIET_MILLIS);
      }
      one.close();
      two.close();
    }
  }

  @Test
  void everyMessageArrivesExactlyOnceThroughEveryKill() throws Exception {
    CrashLedger ledger = new CrashLedger();
    QosTwoClient one = new QosTwoClient("one", ledger);
    QosTwoClient two = new QosTwoClient("two", ledger);
    QosTwoClient subscriber = new QosTwoClient("subscriber", ledger);
    publishThroughKills(
        TO_SUBSCRIBER,
        ledger,
        one,
        two,
        (node, round) -> {
          subscriber.close();
          subscriber.connect(node.port("mqtt"));
          if (round == 0) {
            subscriber.subscribe("x/#");
          }
          assertThat(subscriber.wasSessionPresent()).isEqualTo(round > 0);
        });
    try (SeraiProcess node = SeraiProcess.start(data)) {
      subscriber.close();
      subscriber.connect(node.port("mqtt"));
      one.connect(node.port("mqtt"));
      two.connect(node.port("mqtt"));
      await("what was published is completed", () -> one.underWay() + two.underWay() == 0);
      await("what was published arrives: " + ledger.summary(), () -> ledger.lost().isEmpty());
      Thread.sleep(1_000); // for copies that must not come
    } finally {
      one.close();
      two.close();
      subscriber.close();
    }
    FaultReport.row(TO_SUBSCRIBER, ROUNDS, ledger.counts());
    assertThat(ledger.confirmedCount()).isEqualTo(ledger.sentBy("one") + ledger.sentBy("two"));
    ledger.assertWhole();
  }

  @Test
  void aStreamHasEveryPublishExactlyOnceThroughEveryKill() throws Exception {
    CrashLedger ledger = new CrashLedger();
    QosTwoClient one = new QosTwoClient("one", ledger);
    QosTwoClient two = new QosTwoClient("two", ledger);
    publishThroughKills(
        INTO_STREAM,
        ledger,
        one,
        two,
        (node, round) -> {
          if (round == 0) {
            KillNineStreamIT.declare(node);
            try (Connection connection = JavaClient.connect(node)) {
              connection.createChannel().queueBind(KillNineStreamIT.STREAM, "amq.topic", "x.#");
            }
          }
        });
    try (SeraiProcess node = SeraiProcess.start(data)) {
      one.connect(node.port("mqtt"));
      two.connect(node.port("mqtt"));
      await("what was published is completed", () -> one.underWay() + two.underWay() == 0);
      KillNineStreamIT.readAll(
          node,
          (_, body) -> {
            ledger.received(body);
            return true;
          });
    } finally {
      one.close();
      two.close();
    }
    FaultReport.row(INTO_STREAM, ROUNDS, ledger.counts());
    assertThat(ledger.confirmedCount()).isEqualTo(ledger.sentBy("one") + ledger.sentBy("two"));
    ledger.assertWhole();
  }

  @Test
  void membersOfAGroupGetEveryMessageOnceBetweenThemThroughEveryKill() throws Exception {
    CrashLedger ledger = new CrashLedger();
    QosTwoClient one = new QosTwoClient("one", ledger);
    QosTwoClient two = new QosTwoClient("two", ledger);
    List<QosTwoClient> members =
        List.of(new QosTwoClient("member-1", ledger), new QosTwoClient("member-2", ledger));
    publishThroughKills(
        TO_GROUP,
        ledger,
        one,
        two,
        (node, round) -> {
          for (QosTwoClient member : members) {
            member.close();
            member.connect(node.port("mqtt"));
            if (round == 0) {
              member.subscribe("$share/g/x/#");
            }
          }
        });
    try (SeraiProcess node = SeraiProcess.start(data)) {
      for (QosTwoClient member : members) {
        member.close();
        member.connect(node.port("mqtt"));
      }
      one.connect(node.port("mqtt"));
      two.connect(node.port("mqtt"));
      await("what was published is completed", () -> one.underWay() + two.underWay() == 0);
      await("what was published arrives: " + ledger.summary(), () -> ledger.lost().isEmpty());
      Thread.sleep(1_000); // for copies that must not come
    } finally {
      one.close();
      two.close();
      for (QosTwoClient member : members) {
        member.close();
      }
    }
    FaultReport.row(TO_GROUP, ROUNDS, ledger.counts().inAnyOrder());
    assertThat(ledger.confirmedCount()).isEqualTo(ledger.sentBy("one") + ledger.sentBy("two"));
    ledger.assertOnce();
  }
}
