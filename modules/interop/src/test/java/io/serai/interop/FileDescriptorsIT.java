package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More connections than the process may have files and sockets open. */
class FileDescriptorsIT {
  private static final int FILES = 400;
  private static final int SOCKETS = 500;

  /** Each processor has descriptors of its own: as many as the figures here are for. */
  private static final String SMALL_SEGMENTS =
      "-Dserai.test.segment-bytes=1048576 -XX:ActiveProcessorCount=2";

  private static final int MESSAGES = 40_000; // about as many segments as thousands

  @TempDir Path data;
  private final List<Socket> sockets = new ArrayList<>();

  /** With patience for those that say nothing: they stay for the whole test. */
  private SeraiProcess start(String... settings) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--set", "limits.handshake-timeout=10m"));
    for (String setting : settings) {
      arguments.addAll(List.of("--set", setting));
    }
    return SeraiProcess.startWithFiles(
        FILES, SMALL_SEGMENTS, data, arguments.toArray(String[]::new));
  }

  /** With a listener whose connections count only when a proxy has said who they are. */
  private SeraiProcess startBehindProxy() throws IOException {
    return start(
        "listeners.behind.protocol=amqp",
        "listeners.behind.port=0",
        "listeners.behind.proxy-protocol=true",
        "listeners.behind.proxy-protocol-timeout=1m");
  }

  private void flood(int port) throws IOException {
    for (int i = 0; i < SOCKETS; i++) {
      sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
    }
  }

  @AfterEach
  void endFlood() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  private long refused() throws IOException {
    long refused = 0;
    for (Socket socket : sockets) {
      socket.setSoTimeout(20);
      try {
        refused += socket.getInputStream().read() < 0 ? 1 : 0;
      } catch (SocketTimeoutException _) {
        // it is let in, and says nothing until the client does
      } catch (SocketException _) {
        refused++;
      }
    }
    return refused;
  }

  private static void publish(Channel channel) throws Exception {
    NumberedMessages.publish(channel, "", "deep", MessageProperties.PERSISTENT_BASIC, 0, MESSAGES);
  }

  /** Until there are some again. */
  private void publishWithoutDescriptors(SeraiProcess node, Channel channel) throws Exception {
    flood(node.port("behind"));
    CompletableFuture<Void> published =
        CompletableFuture.runAsync(() -> {
          try {
            publish(channel);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    for (int i = 0;
        i < 2_400 && !published.isDone() && !node.output().contains("no file descriptors left");
        i++) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertThat(node.output()).contains("no file descriptors left");
    assertThat(published).isNotDone();
    endFlood();
    published.get(60, TimeUnit.SECONDS);
  }

  @Test
  void aFloodOfConnectionsIsRefusedBeforeTheJournalCannotMakeFiles() throws Exception {
    try (SeraiProcess node = start()) {
      try (Connection connection = JavaClient.connect(node)) {
        Channel channel = connection.createChannel();
        channel.queueDeclare("deep", true, false, false, Map.of());
        flood(node.port("amqp"));
        publish(channel);
        assertThat(refused()).isBetween(SOCKETS - FILES + 1L, SOCKETS - 1L);
        assertThat(node.output()).contains("\"reason\":\"file_descriptors\"");
        assertThat(node.output()).doesNotContain("no file descriptors left");
        endFlood();
        NumberedMessages.consume(connection, "deep", 0, MESSAGES);
      }
      assertThat(node.terminate()).as("exit code").isZero();
    }
  }

  @Test
  void aFloodOfHttpLeavesThemToClientsAndTheJournal() throws Exception {
    try (SeraiProcess node = start()) {
      flood(node.port("http"));
      try (Connection connection = JavaClient.connect(node)) {
        Channel channel = connection.createChannel();
        channel.queueDeclare("deep", true, false, false, Map.of());
        publish(channel);
        NumberedMessages.consume(connection, "deep", 0, MESSAGES);
      }
      assertThat(refused()).isBetween(SOCKETS - FILES / 10L - 16, SOCKETS - 1L);
      assertThat(node.output()).contains("\"reason\":\"file_descriptors\"");
      assertThat(node.output()).doesNotContain("no file descriptors left");
      assertThat(node.terminate()).as("exit code").isZero();
    }
  }

  @Test
  void theJournalWaitsWhileConnectionsThatNobodyCountsHaveThemAll() throws Exception {
    try (SeraiProcess node = startBehindProxy()) {
      try (Connection connection = JavaClient.connect(node)) {
        Channel channel = connection.createChannel();
        channel.queueDeclare("deep", true, false, false, Map.of());
        publishWithoutDescriptors(node, channel);
        NumberedMessages.consume(connection, "deep", 0, MESSAGES);
      }
      assertThat(node.output()).contains("file descriptors are free again");
      assertThat(node.terminate()).as("exit code").isZero();
    }
  }

  @Test
  void aStreamWaitsForTheDescriptorOfItsNextSegment() throws Exception {
    try (SeraiProcess node = startBehindProxy()) {
      try (Connection connection = JavaClient.connect(node)) {
        Channel channel = connection.createChannel();
        Map<String, Object> smallSegments =
            Map.of("x-queue-type", "stream", "x-stream-max-segment-size-bytes", 128 << 10);
        channel.queueDeclare("deep", true, false, false, smallSegments);
        NumberedMessages.publish(channel, "", "deep", MessageProperties.PERSISTENT_BASIC, 0, 1);
        publishWithoutDescriptors(node, channel);
      }
      assertThat(node.terminate()).as("exit code").isZero();
    }
  }
}
