package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** Each publisher's last messages: some for every member of a group. */
  private static final int LAST = 20;

  private static final long QUIET_SECONDS = 120;

  private final CrashLedger ledger = new CrashLedger();
  private final QosTwoClient one = new QosTwoClient("one", ledger);
  private final QosTwoClient two = new QosTwoClient("two", ledger);

  private Path data;

  @BeforeEach
  void makeFolder() throws IOException {
    data = Files.createTempDirectory("serai-crash");
  }

  @AfterEach
  void removeFolder() throws IOException {
    Folders.delete(data);
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

  /** Has clients take up their sessions. */
  private static void connect(SeraiProcess node, QosTwoClient... clients) throws IOException {
    for (QosTwoClient client : clients) {
      client.close();
      client.connect(node.port("mqtt"));
    }
  }

  private static void close(QosTwoClient... clients) throws IOException {
    for (QosTwoClient client : clients) {
      client.close();
    }
  }

  /** What a round begins with. */
  private interface Beginning {
    void begin(SeraiProcess node, int round) throws Exception;
  }

  /** Two clients publish, and the node is killed under them, again and again. */
  private void publishThroughKills(String what, Beginning beginning) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      FaultReport.round(what, round, ROUNDS);
      AtomicBoolean isStopping = new AtomicBoolean();
      int before = ledger.confirmedCount();
      try (SeraiProcess node = SeraiProcess.start(data)) {
        beginning.begin(node, round);
        connect(node, one, two);
        assertThat(one.wasSessionPresent()).isEqualTo(round > 0);
        Thread first = publishing(one, "x/1", isStopping);
        Thread second = publishing(two, "x/2", isStopping);
        ledger.awaitConfirmed(before + CONFIRMED_A_ROUND);
        node.kill();
        isStopping.set(true);
        first.join(QUIET_SECONDS * 1_000);
        second.join(QUIET_SECONDS * 1_000);
      }
      close(one, two);
    }
  }

  /** The publishers complete what was under way when the node was killed last. */
  private void complete(SeraiProcess node) throws Exception {
    connect(node, one, two);
    Eventually.await(
        "what was published is completed",
        QUIET_SECONDS,
        () -> one.underWay() + two.underWay() == 0);
  }

  private void awaitArrived() throws Exception {
    Eventually.await(
        () -> "what was published arrives: " + ledger.summary(),
        QUIET_SECONDS,
        () -> ledger.lost().isEmpty());
    for (int i = 0; i < LAST; i++) { // copies that must not come would come before these
      one.publish("x/1");
      two.publish("x/2");
    }
    Eventually.await(
        "the last ones are completed", QUIET_SECONDS, () -> one.underWay() + two.underWay() == 0);
    Eventually.await(
        () -> "the last ones arrive: " + ledger.summary(),
        QUIET_SECONDS,
        () -> ledger.lost().isEmpty());
  }

  private void assertEveryPublishIsConfirmed() {
    assertThat(ledger.confirmedCount()).isEqualTo(ledger.sentBy("one") + ledger.sentBy("two"));
  }

  @Test
  void everyMessageArrivesExactlyOnceThroughEveryKill() throws Exception {
    QosTwoClient subscriber = new QosTwoClient("subscriber", ledger);
    publishThroughKills(
        TO_SUBSCRIBER,
        (node, round) -> {
          connect(node, subscriber);
          if (round == 0) {
            subscriber.subscribe("x/#");
          }
          assertThat(subscriber.wasSessionPresent()).isEqualTo(round > 0);
        });
    try (SeraiProcess node = SeraiProcess.start(data)) {
      connect(node, subscriber);
      complete(node);
      awaitArrived();
    } finally {
      close(one, two, subscriber);
    }
    FaultReport.row(TO_SUBSCRIBER, ROUNDS, ledger.counts());
    assertEveryPublishIsConfirmed();
    ledger.assertWhole();
  }

  @Test
  void aStreamHasEveryPublishExactlyOnceThroughEveryKill() throws Exception {
    publishThroughKills(
        INTO_STREAM,
        (node, round) -> {
          if (round == 0) {
            KillNineStreamIT.declare(node);
            try (Connection connection = JavaClient.connect(node)) {
              connection.createChannel().queueBind(KillNineStreamIT.STREAM, "amq.topic", "x.#");
            }
          }
        });
    try (SeraiProcess node = SeraiProcess.start(data)) {
      complete(node);
      KillNineStreamIT.readAll(
          node,
          (_, body) -> {
            ledger.received(body);
            return true;
          });
    } finally {
      close(one, two);
    }
    FaultReport.row(INTO_STREAM, ROUNDS, ledger.counts());
    assertEveryPublishIsConfirmed();
    ledger.assertWhole();
  }

  @Test
  void membersOfAGroupGetEveryMessageOnceBetweenThemThroughEveryKill() throws Exception {
    QosTwoClient[] members = {
      new QosTwoClient("member-1", ledger), new QosTwoClient("member-2", ledger)
    };
    publishThroughKills(
        TO_GROUP,
        (node, round) -> {
          connect(node, members);
          if (round == 0) {
            for (QosTwoClient member : members) {
              member.subscribe("$share/g/x/#");
            }
          }
        });
    try (SeraiProcess node = SeraiProcess.start(data)) {
      connect(node, members);
      complete(node);
      awaitArrived();
    } finally {
      close(one, two);
      close(members);
    }
    FaultReport.row(TO_GROUP, ROUNDS, ledger.counts().inAnyOrder());
    assertEveryPublishIsConfirmed();
    ledger.assertOnce();
  }
}
