package io.serai.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.config.ConfigResult;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class NodeIT {
  private static final String NO_ROUTES = "vhosts.\"/\" {}\n";
  private static final String ONE_QUEUE = "vhosts.\"/\".queues.readings {}\n";

  /** MQTT 5.0 CONNECT: client id "x", clean start, no keep alive, no properties. */
  private static final byte[] MQTT_CONNECT = {
    0x10, 14, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 0, 0, 0, 1, 'x'
  };

  @TempDir Path folder;

  @Test
  void everyListenerIsOpenOnEveryAddressWhenTheStartReturns() throws Exception {
    try (var running = new RunningNode(folder, NO_ROUTES)) {
      assertThat(running.node.listeners())
          .extracting(OpenListener::name)
          .containsExactly(
              "amqp", "coap", "coap-tcp", "mqtt", "mqtt-ws", "stomp", "stomp-ws", "http");
      for (OpenListener listener : running.node.listeners()) {
        for (String host : listener.hosts()) {
          if (listener.name().equals("coap")) {
            assertThat(coapPing(host, listener.port())).isEqualTo(new byte[] {0x70, 0, 0, 1});
            continue;
          }
          try (Socket socket = new Socket(host, listener.port())) {
            assertThat(socket.isConnected()).isTrue();
          }
        }
      }
      assertThat(running.get("/health/ready").statusCode()).isEqualTo(200);
      assertThat(running.get("/health/live").statusCode()).isEqualTo(200);
    }
  }

  /** An empty confirmable message, which is answered with a reset (RFC 7252, 4.3). */
  private static byte[] coapPing(String host, int port) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(60_000);
      socket.send(
          new DatagramPacket(new byte[] {0x40, 0, 0, 1}, 4, InetAddress.getByName(host), port));
      DatagramPacket answer = new DatagramPacket(new byte[16], 16);
      socket.receive(answer);
      return Arrays.copyOf(answer.getData(), answer.getLength());
    }
  }

  @Test
  void everyMetricOfOursIsInTheGuideForOperators() throws Exception {
    String guide = Files.readString(Path.of("../../docs/operations.md"));
    try (RunningNode running = new RunningNode(folder, NO_ROUTES)) {
      List<String> names =
          Pattern.compile("(?m)^serai_[a-z_]+")
              .matcher(running.get("/metrics").body())
              .results()
              .map(MatchResult::group)
              .distinct()
              .toList();
      assertThat(names).hasSizeGreaterThan(30);
      assertThat(names)
          .allMatch(name ->
              guide.contains(name)
                  || guide.contains("`" + name.replaceAll("^serai_messages|total$", "") + "`"));
    }
  }

  @Test
  void whoOpensTooManyHttpConnectionsIsToldSoAndCounted() throws Exception {
    try (var running = new RunningNode(folder, NO_ROUTES, "listeners.http.max-connections = 1")) {
      assertThat(running.get("/metrics").body()).contains("serai_connections_refused_total 0.0");
      try (Socket second = new Socket("127.0.0.1", running.port("http"))) {
        second.getOutputStream().write("GET / HTTP/1.1\r\nHost: here\r\n\r\n".getBytes(US_ASCII));
        assertThat(new String(second.getInputStream().readAllBytes(), US_ASCII))
            .startsWith("HTTP/1.1 503 ");
      }
      assertThat(running.get("/metrics").body())
          .as("over the connection that was there first")
          .contains("serai_connections_refused_total 1.0");
    }
  }

  @Test
  void everyEventLoopHasItsOwnShareOfTheNode() throws Exception {
    try (var running = new RunningNode(folder, NO_ROUTES, "listeners.amqp.enabled = false");
        Socket one = connectMqtt(running);
        Socket two = connectMqtt(running)) {
      assertThat(running.node.loopCount()).isEqualTo(2);
      assertThat(one.isConnected() && two.isConnected()).isTrue();
      // Vert.x hands connections to the loops in turn: two of them are on two loops.
      await(() ->
          running.node.loops().stream()
              .allMatch(loop -> loop.snapshot().connections().getOrDefault("mqtt", 0) == 1));
      assertThat(running.get("/metrics").body())
          .contains("serai_connections{listener=\"mqtt\",protocol=\"mqtt\"} 2.0");
    }
  }

  @Test
  void closedMetricsAreReadByAUserWithTheTag() throws Exception {
    try (var running =
        new RunningNode(
            folder,
            NO_ROUTES,
            "http.open-metrics = false",
            "users.plain { password = x, permissions { \"/\" { read = \".*\" } } }")) {
      assertThat(running.get("/metrics").statusCode()).isEqualTo(401);
      assertThat(running.get("/metrics", "guest:wrong").statusCode()).isEqualTo(401);
      assertThat(running.get("/metrics", "plain:x").statusCode()).isEqualTo(401);
      assertThat(running.get("/metrics", "guest:guest").statusCode()).isEqualTo(200);
      assertThat(running.get("/health/ready").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void connectionsBeyondTheLimitAreClosedAtOnceAndThereIsRoomAgainWhenOneGoes() throws Exception {
    try (var running = new RunningNode(folder, NO_ROUTES, "limits.max-connections = 1")) {
      try (Socket first = connectMqtt(running);
          Socket second = new Socket("127.0.0.1", running.port("mqtt"))) {
        second.setSoTimeout(60_000);
        assertThat(second.getInputStream().read()).as("end of stream").isEqualTo(-1);
        assertThat(first.isConnected()).isTrue();
      }
      await(() -> isTaken(running));
    }
  }

  private static boolean isTaken(RunningNode running) {
    try (Socket socket = connectMqtt(running)) {
      return socket.isConnected();
    } catch (IOException | AssertionError e) {
      return false;
    }
  }

  @Test
  void aPortInUseStopsTheStartAndLeavesNothingRunning() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      ConfigResult.Valid valid =
          RunningNode.valid(
              RunningNode.onFreePorts(folder)
                  .withSetting("listeners.mqtt.port=" + taken.getLocalPort()));
      assertThatThrownBy(() -> Node.start(valid.config(), RunningNode.INSTALLED))
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining("listener mqtt: port " + taken.getLocalPort() + " is in use")
          .hasMessageContaining("listeners.mqtt.port");
    }
    new RunningNode(folder, NO_ROUTES).close(); // the data folder is free again
  }

  @Test
  void everyPortInUseIsToldAtOnce() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      ConfigResult.Valid valid =
          RunningNode.valid(
              RunningNode.onFreePorts(folder)
                  .withSetting("listeners.mqtt.port=" + taken.getLocalPort())
                  .withSetting("listeners.http.port=" + other.getLocalPort()));
      assertThatThrownBy(() -> Node.start(valid.config(), RunningNode.INSTALLED))
          .hasMessageContaining("listeners.mqtt.port")
          .hasMessageContaining("listeners.http.port");
    }
  }

  @Test
  void twoNodesOffOneDataFolderAreRefused() throws Exception {
    try (var running = new RunningNode(folder, NO_ROUTES)) {
      assertThatThrownBy(() -> Node.start(running.node.config(), RunningNode.INSTALLED))
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining("in use by another node");
    }
  }

  @Test
  void aStoppedNodeGivesPortsAndFolderBack() throws Exception {
    int port;
    try (var running = new RunningNode(folder, NO_ROUTES)) {
      port = running.port("mqtt");
    }
    try (ServerSocket free = new ServerSocket()) {
      free.bind(new InetSocketAddress("127.0.0.1", port));
    }
    new RunningNode(folder, NO_ROUTES).close();
  }

  @Test
  void aStopTellsConnectedClientsAndDoesNotWaitForThoseThatLeave() throws Exception {
    try (var running = new RunningNode(folder, NO_ROUTES, "limits.drain-timeout = 5 m");
        Socket client = connectMqtt(running)) {
      Thread reader = Thread.ofVirtual().unstarted(() -> readToEnd(client));
      reader.start();
      long began = System.nanoTime();
      running.node.stop();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMinutes(2));
      reader.join();
      // MQTT 5.0 §3.14: DISCONNECT with reason 0x8B, server shutting down
      assertThat(lastRead).startsWith(0xE0).contains(0x8B);
    }
  }

  @Test
  void aClientThatStaysIsCutWhenTheDrainTimeIsOver() throws Exception {
    try (var running = new RunningNode(folder, NO_ROUTES, "limits.drain-timeout = 300 ms");
        Socket client = connectMqtt(running)) {
      client.setSoTimeout(60_000);
      running.node.stop(); // the client reads nothing and closes nothing
      readToEnd(client);
      assertThat(lastRead).isNotEmpty();
    }
  }

  @Test
  void aGoodEditOfRoutingConfIsTakenOver() throws Exception {
    try (var running = new RunningNode(folder, NO_ROUTES)) {
      assertThat(running.node.table().queueCount()).isZero();
      edit(running.routingConf, ONE_QUEUE);
      await(() -> running.node.configVersion() == 2);
      assertThat(running.node.table().queueCount()).isEqualTo(1);
      edit(running.routingConf, NO_ROUTES);
      await(() -> running.node.configVersion() == 3);
      assertThat(running.node.table().queueCount()).isZero();
    }
  }

  @Test
  void aBadEditIsRefusedWholeToldWithFileAndLineAndLeavesTheNodeReady() throws Exception {
    try (var running = new RunningNode(folder, ONE_QUEUE)) {
      edit(
          running.routingConf,
          "vhosts.\"/\".queues.other {}\nvhosts.\"/\".queues.bad { typ = classic }\n");
      await(() -> !running.node.refusedReload().isEmpty());
      assertThat(running.node.refusedReload().getFirst())
          .contains("routing.conf:2")
          .contains("did you mean");
      assertThat(running.node.configVersion()).isEqualTo(1);
      assertThat(running.node.table().queueCount()).isEqualTo(1);
      JsonObject ready = new JsonObject(running.get("/health/ready").body());
      assertThat(ready.getString("status")).isEqualTo("up");
      assertThat(ready.encode()).contains("last reload refused", "routing.conf:2");
      assertThat(running.get("/metrics").body()).contains("serai_config_reload_refused 1.0");
      edit(running.routingConf, ONE_QUEUE + "vhosts.\"/\".queues.other {}\n");
      await(() -> running.node.configVersion() == 2);
      assertThat(running.node.refusedReload()).isEmpty();
      assertThat(running.node.table().queueCount()).isEqualTo(2);
    }
  }

  @Test
  void whatTheRoutingCoreRefusesLeavesTheOldRoutes() throws Exception {
    try (var running = new RunningNode(folder, "vhosts.\"/\".exchanges.plant { type = topic }\n")) {
      edit(running.routingConf, "vhosts.\"/\".exchanges.plant { type = nonsense }\n");
      await(() -> !running.node.refusedReload().isEmpty());
      assertThat(running.node.configVersion()).isEqualTo(1);
    }
  }

  /** As editors do: a new file in place of the old one. */
  private static void edit(Path file, String text) throws IOException {
    Path temporary = Files.writeString(file.resolveSibling("new"), text);
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited a minute").isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  private static Socket connectMqtt(RunningNode running) throws IOException {
    Socket socket = new Socket("127.0.0.1", running.port("mqtt"));
    socket.getOutputStream().write(MQTT_CONNECT);
    assertThat(socket.getInputStream().read()).as("CONNACK").isEqualTo(0x20);
    int length = socket.getInputStream().read();
    socket.getInputStream().readNBytes(length);
    return socket;
  }

  private volatile int[] lastRead = {};

  private void readToEnd(Socket socket) {
    try {
      byte[] bytes = socket.getInputStream().readAllBytes();
      int[] unsigned = new int[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        unsigned[i] = bytes[i] & 0xFF;
      }
      lastRead = unsigned;
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
