package io.serai.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The node is killed under transactions over queues of several loops and a stream: all or nothing
 * of each.
 */
class KillNineTransactionIT {
  private static final int ROUNDS = FaultReport.rounds(4);
  private static final String WHAT = "AMQP transactions, queues and a stream, kill -9";
  private static final int CLIENTS = 3;
  private static final int COMMITTED_A_ROUND = 40;

  /** More than commits come before the kill; what a round leaves over is there for the next. */
  private static final int MOST_A_CLIENT = 300;

  /** Messages that a transaction gives to the stream. */
  private static final int COPIES = 2;

  private static final List<String> QUEUES = IntStream.range(0, 6).mapToObj(i -> "t" + i).toList();

  private Path data;

  /** Answered by commit-ok. */
  private final Set<String> committed = ConcurrentHashMap.newKeySet();

  @BeforeEach
  void makeFolder() throws IOException {
    data = Files.createTempDirectory("serai-crash");
  }

  @AfterEach
  void removeFolder() throws IOException {
    Folders.delete(data);
  }

  /** Each transaction takes a token out of one queue and puts its name into all the others. */
  private Thread committing(SeraiProcess node, String client) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try (Connection connection = JavaClient.connect(node)) {
            Channel channel = connection.createChannel();
            channel.txSelect();
            for (int i = 0; i < MOST_A_CLIENT; i++) {
              String name = client + "-" + i;
              GetResponse token = channel.basicGet("tokens", false);
              for (String queue : QUEUES) {
                channel.basicPublish(
                    "", queue, MessageProperties.PERSISTENT_BASIC, name.getBytes(UTF_8));
              }
              for (int copy = 0; copy < COPIES; copy++) {
                channel.basicPublish(
                    "",
                    KillNineStreamIT.STREAM,
                    MessageProperties.PERSISTENT_BASIC,
                    name.getBytes(UTF_8));
              }
              channel.basicPublish(
                  "",
                  "spent",
                  MessageProperties.PERSISTENT_BASIC,
                  (name + " " + new String(token.getBody(), UTF_8)).getBytes(UTF_8));
              channel.basicAck(token.getEnvelope().getDeliveryTag(), false);
              channel.txCommit();
              committed.add(name);
            }
          } catch (Exception e) {
            // the node is gone: the last one stays unknown
          }
        });
  }

  private static List<String> drain(Channel channel, String queue) throws IOException {
    List<String> all = new ArrayList<>();
    for (GetResponse got; (got = channel.basicGet(queue, true)) != null; ) {
      all.add(new String(got.getBody(), UTF_8));
    }
    return all;
  }

  @Test
  void everyTransactionIsWholeOrNotThereAfterEveryKill() throws Exception {
    int tokens = ROUNDS * CLIENTS * MOST_A_CLIENT;
    for (int round = 0; round < ROUNDS; round++) {
      FaultReport.round(WHAT, round, ROUNDS);
      try (SeraiProcess node = SeraiProcess.start(data)) {
        if (round == 0) {
          declare(node, tokens);
          KillNineStreamIT.declare(node);
        }
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
          clients.add(committing(node, "r" + round + "c" + i));
        }
        int before = committed.size();
        Eventually.await("commits come", 120, () -> committed.size() >= before + COMMITTED_A_ROUND);
        node.kill();
        for (Thread client : clients) {
          client.join(120_000);
        }
      }
    }
    try (SeraiProcess node = SeraiProcess.start(data);
        Connection connection = JavaClient.connect(node)) {
      Set<String> whole = check(connection.createChannel(), tokens);
      Map<String, Integer> streamed = new HashMap<>();
      KillNineStreamIT.readAll(
          node,
          (_, body) -> {
            streamed.merge(new String(body, UTF_8), 1, Integer::sum);
            return true;
          });
      assertThat(streamed.keySet()).as("in the stream as in the queues").isEqualTo(whole);
      assertThat(streamed.values()).as("as often as committed").containsOnly(COPIES);
    }
  }

  private static void declare(SeraiProcess node, int tokens) throws Exception {
    try (Connection connection = JavaClient.connect(node)) {
      Channel channel = connection.createChannel();
      for (String queue : QUEUES) {
        channel.queueDeclare(queue, true, false, false, Map.of());
      }
      channel.queueDeclare("tokens", true, false, false, Map.of());
      channel.queueDeclare("spent", true, false, false, Map.of());
      channel.confirmSelect();
      for (int i = 0; i < tokens; i++) {
        channel.basicPublish(
            "", "tokens", MessageProperties.PERSISTENT_BASIC, ("" + i).getBytes(UTF_8));
      }
      channel.waitForConfirmsOrDie(60_000);
    }
  }

  /** The transactions that are there as a whole. */
  private Set<String> check(Channel channel, int tokens) throws IOException {
    Map<String, Integer> copies = new HashMap<>();
    int twice = 0;
    for (String queue : QUEUES) {
      List<String> names = drain(channel, queue);
      Set<String> once = new HashSet<>(names);
      twice += names.size() - once.size();
      once.forEach(name -> copies.merge(name, 1, Integer::sum));
    }
    Set<String> lost = new HashSet<>(committed);
    lost.removeAll(copies.keySet());
    int inPart = (int) copies.values().stream().filter(count -> count != QUEUES.size()).count();
    FaultReport.row(
        WHAT,
        ROUNDS,
        new FaultReport.Counts(copies.size(), committed.size(), lost.size(), 0, inPart, twice, 0));
    assertThat(twice).as("once in each queue").isZero();
    assertThat(copies.values()).as("in every queue or in none").containsOnly(QUEUES.size());
    assertThat(copies.keySet()).as("nothing that was committed is lost").containsAll(committed);
    Set<String> spent = new HashSet<>();
    for (String line : drain(channel, "spent")) {
      String[] words = line.split(" ");
      assertThat(copies).containsKey(words[0]);
      assertThat(spent.add(words[1])).as("token " + words[1] + " spent once").isTrue();
    }
    List<String> left = drain(channel, "tokens");
    assertThat(spent).as("spent or there, not both").doesNotContainAnyElementsOf(left);
    assertThat(left.size() + spent.size()).as("no token is lost or made").isEqualTo(tokens);
    return copies.keySet();
  }
}
