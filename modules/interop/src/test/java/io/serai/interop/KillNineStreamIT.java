package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The node is killed while clients use a stream; what it confirmed or showed is there after it. */
class KillNineStreamIT {
  private static final int ROUNDS = FaultReport.rounds(3);
  private static final String WHAT = "a stream and its readers, kill -9";

  private static final int CONFIRMED_A_ROUND = 500;
  private static final int MANY = 1_000_000;
  private static final int UNCONFIRMED = 20_000;
  static final String STREAM = "log";

  private Path data;

  @BeforeEach
  void makeFolder() throws IOException {
    data = Files.createTempDirectory("serai-crash");
  }

  @AfterEach
  void removeFolder() throws IOException {
    Folders.delete(data);
  }

  static void declare(SeraiProcess node) throws Exception {
    try (Connection connection = JavaClient.connect(node)) {
      connection
          .createChannel()
          .queueDeclare(STREAM, true, false, false, Map.of("x-queue-type", "stream"));
    }
  }

  /** How many messages a stream has. */
  private static long count(SeraiProcess node) throws Exception {
    try (Connection connection = JavaClient.connect(node)) {
      return connection.createChannel().queueDeclarePassive(STREAM).getMessageCount();
    }
  }

  static void readAll(SeraiProcess node, StreamReplay.Each each) throws Exception {
    long count = count(node);
    if (count == 0) {
      return;
    }
    try (Connection connection = JavaClient.connect(node)) {
      StreamReplay.read(
          connection,
          STREAM,
          "first",
          (offset, body) -> each.message(offset, body) && offset < count - 1);
    }
  }

  @Test
  void whatWasConfirmedSurvivesEveryKillAndNoOffsetIsEverAnotherMessages() throws Exception {
    CrashLedger ledger = new CrashLedger();
    Map<Long, byte[]> shown = new ConcurrentHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      FaultReport.round(WHAT, round, ROUNDS);
      try (SeraiProcess node = SeraiProcess.start(data)) {
        declare(node);
        int before = ledger.confirmedCount();
        StreamReplay.start(
            JavaClient.connect(node),
            STREAM,
            "next",
            (offset, body) -> {
              shown.put(offset, body);
              return true;
            });
        try (var _ = new CrashPublisher(ledger, "a" + round, node.port("amqp"), STREAM);
            var _ = new CrashPublisher(ledger, "b" + round, node.port("amqp"), STREAM)) {
          ledger.awaitConfirmed(before + CONFIRMED_A_ROUND);
          node.kill();
        }
      }
    }
    try (SeraiProcess node = SeraiProcess.start(data)) {
      readAll(
          node,
          (offset, body) -> {
            ledger.received(body);
            byte[] before = shown.remove(offset);
            assertThat(before == null || Arrays.equals(before, body)).isTrue();
            return true;
          });
    }
    FaultReport.row(WHAT, ROUNDS, ledger.counts());
    ledger.assertWhole();
    assertThat(shown).as("shown by a node that was killed, and gone").isEmpty();
  }

  /** Negative control: the same check fails for a node that has lost its streams. */
  @Test
  void aNodeThatForgetsItsStreamsIsFoundOut() throws Exception {
    CrashLedger ledger = new CrashLedger();
    try (SeraiProcess node = SeraiProcess.start(data)) {
      declare(node);
      try (var _ = new CrashPublisher(ledger, "a", node.port("amqp"), STREAM)) {
        ledger.awaitConfirmed(CONFIRMED_A_ROUND);
        node.kill();
      }
    }
    Folders.delete(data.resolve("streams"));
    try (SeraiProcess node = SeraiProcess.start(data)) {
      readAll(
          node,
          (_, body) -> {
            ledger.received(body);
            return true;
          });
    }
    boolean isFoundOut = ledger.lost().size() == ledger.confirmedCount();
    FaultReport.control("a node that lost its streams", ledger.counts(), isFoundOut);
    assertThat(isFoundOut).as("everything is lost").isTrue();
  }

  @Test
  void aMillionMessagesAreReplayedFromAnyPlaceAfterAKill() throws Exception {
    long confirmed;
    long half;
    Date between;
    try (SeraiProcess node = SeraiProcess.start(data)) {
      declare(node);
      confirmed = publish(node, 0, MANY / 2, true);
    }
    try (SeraiProcess node = SeraiProcess.start(data)) {
      half = count(node);
      assertThat(half).isGreaterThanOrEqualTo(confirmed);
      Thread.sleep(2_000);
      between = new Date(); // clients say it in whole seconds
      Thread.sleep(1_000);
      long sent = publish(node, half, MANY - half, false);
      assertThat(sent).isEqualTo(MANY - half);
      node.kill();
    }
    try (SeraiProcess node = SeraiProcess.start(data)) {
      assertThat(count(node)).isEqualTo(MANY);
      AtomicLong next = new AtomicLong();
      readAll(
          node,
          (offset, body) -> {
            // Each message says which offset it must have: publishing went on where the last run
            // ended.
            boolean isRight = offset == next.getAndIncrement() && number(body) == offset;
            assertThat(isRight).as("offset %d", offset).isTrue();
            return true;
          });
      assertThat(next).hasValue(MANY);
      for (long from : new long[] {1, 123_456, half - 1, half, MANY - 1}) {
        assertThat(firstOffset(node, from)).isEqualTo(from);
      }
      assertThat(firstOffset(node, between)).isEqualTo(half);
      assertThat(firstOffset(node, "last")).isBetween(half, MANY - 1L);
    }
  }

  private static long firstOffset(SeraiProcess node, Object from) throws Exception {
    AtomicLong first = new AtomicLong();
    try (Connection connection = JavaClient.connect(node)) {
      StreamReplay.read(
          connection,
          STREAM,
          from,
          (offset, body) -> {
            assertThat(number(body)).isEqualTo(offset);
            first.set(offset);
            return false;
          });
    }
    return first.get();
  }

  private static long number(byte[] body) {
    return ByteBuffer.wrap(body).getLong();
  }

  /**
   * Publishes numbered messages.
   *
   * @param isKilled whether the node is killed once so many are confirmed, with more under way
   * @return how many were confirmed, in order
   */
  private static long publish(SeraiProcess node, long first, long count, boolean isKilled)
      throws Exception {
    AtomicLong confirmed = new AtomicLong();
    try (Connection connection = JavaClient.connect(node)) {
      Channel channel = connection.createChannel();
      channel.confirmSelect();
      channel.addConfirmListener(
          (tag, _) -> confirmed.accumulateAndGet(tag, Math::max),
          (tag, _) -> confirmed.set(Long.MIN_VALUE));
      for (long sent = 0; confirmed.get() < count && (isKilled || sent < count); sent++) {
        byte[] body = ByteBuffer.allocate(Long.BYTES).putLong(first + sent).array();
        channel.basicPublish("", STREAM, MessageProperties.PERSISTENT_BASIC, body);
        while (sent - confirmed.get() > UNCONFIRMED) {
          Thread.sleep(1);
        }
      }
      while (confirmed.get() < count) {
        Thread.sleep(1);
      }
      if (isKilled) {
        node.kill();
      }
      return confirmed.get();
    } catch (IOException | ShutdownSignalException e) {
      if (!isKilled || confirmed.get() < count) {
        throw e;
      }
      return confirmed.get(); // the connection ended with the node
    }
  }
}
