package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The journal of a node in which one queue is never read beside one through which a lot goes. */
class SlowQueueIT {
  private static final int SEGMENT_BYTES = 1 << 20;
  private static final String SMALL_SEGMENTS = " -Dserai.test.segment-bytes=" + SEGMENT_BYTES;
  private static final int BODY_BYTES = 1_000;
  private static final int ROUNDS = 15;
  private static final int FAST_PER_ROUND = 3_000;

  /** A few for each segment, so that each would stay for their sake. */
  private static final int FAST_PER_SLOW = 100;

  private static final int SLOW = ROUNDS * FAST_PER_ROUND / FAST_PER_SLOW;

  /** What is live, as much again that is dead in segments half live, and those being written. */
  private static final long MOST_JOURNAL_BYTES = 6L * SEGMENT_BYTES;

  private Path data;

  @BeforeEach
  void makeFolder() throws IOException {
    data = Files.createTempDirectory("serai-slow-queue");
  }

  @AfterEach
  void removeFolder() throws IOException {
    Folders.delete(data);
  }

  private SeraiProcess start() throws IOException {
    return SeraiProcess.startWith(SMALL_SEGMENTS, data);
  }

  private static byte[] body(int number) {
    return ByteBuffer.allocate(BODY_BYTES).putInt(number).array();
  }

  private long journalBytes() throws IOException {
    try (var files = Files.list(data.resolve("journal"))) {
      return files.mapToLong(SlowQueueIT::size).sum();
    }
  }

  /** A segment may go while it is looked at. */
  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException _) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitSmallJournal(int round) throws Exception {
    Eventually.await(
        "after round " + round + " the journal is small",
        60,
        () -> journalBytes() <= MOST_JOURNAL_BYTES);
  }

  @Test
  @Timeout(600)
  void whatAFastQueueHasMovedIsNotKeptForTheSakeOfASlowOne() throws Exception {
    try (SeraiProcess node = start()) {
      moveMuchBesideTheSlowQueue(node);
      assertThat(node.terminate()).isZero();
    }
    try (SeraiProcess node = start();
        Connection connection = JavaClient.connect(node)) {
      Channel channel = connection.createChannel();
      for (int i = 0; i < SLOW; i++) {
        GetResponse got = channel.basicGet("slow", true);
        assertThat(got).as("message %d of the slow queue", i).isNotNull();
        assertThat(got.getBody()).isEqualTo(body(i));
      }
      assertThat(channel.basicGet("slow", true)).isNull();
    }
  }

  private void moveMuchBesideTheSlowQueue(SeraiProcess node) throws Exception {
    try (Connection connection = JavaClient.connect(node)) {
      Channel publisher = connection.createChannel();
      publisher.confirmSelect();
      publisher.queueDeclare("slow", true, false, false, Map.of());
      publisher.queueDeclare("fast", true, false, false, Map.of());
      Channel consumer = connection.createChannel();
      consumer.basicQos(1_000);
      Semaphore received = new Semaphore(0);
      consumer.basicConsume(
          "fast",
          false,
          (_, message) -> {
            consumer.basicAck(message.getEnvelope().getDeliveryTag(), false);
            received.release();
          },
          _ -> {});
      int slow = 0;
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < FAST_PER_ROUND; i++) {
          publisher.basicPublish("", "fast", MessageProperties.PERSISTENT_BASIC, body(i));
          if (i % FAST_PER_SLOW == 0) {
            publisher.basicPublish("", "slow", MessageProperties.PERSISTENT_BASIC, body(slow++));
          }
        }
        publisher.waitForConfirmsOrDie(60_000);
        assertThat(received.tryAcquire(FAST_PER_ROUND, 60, TimeUnit.SECONDS)).isTrue();
        awaitSmallJournal(round);
      }
      assertThat((long) ROUNDS * FAST_PER_ROUND * BODY_BYTES)
          .as("several times of it has gone through")
          .isGreaterThan(5 * MOST_JOURNAL_BYTES);
    }
  }
}
