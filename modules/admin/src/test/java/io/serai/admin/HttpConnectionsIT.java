package io.serai.admin;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More HTTP connections than there may be. */
@Timeout(120)
class HttpConnectionsIT {
  private static final int MAX = 3;

  private final Vertx vertx = Vertx.vertx();
  private final HttpLimit limit = new HttpLimit();
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    vertx.close().toCompletionStage().toCompletableFuture().get(60, SECONDS);
  }

  private int open(int max) throws Exception {
    var admin =
        new AdminVerticle(
            FixedNode.healthy(),
            List.of("127.0.0.1"),
            0,
            null,
            null,
            (_, _, _) -> Future.succeededFuture(Optional.empty()),
            limit.listener("http", max));
    vertx.deployVerticle(admin).toCompletionStage().toCompletableFuture().get(60, SECONDS);
    return admin.port();
  }

  /** A peer that says nothing for now. */
  private Socket connect(int port) throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    sockets.add(socket);
    return socket;
  }

  /** All that is answered until the node closes the connection. */
  private static String lastAnswer(Socket socket) throws IOException {
    return lastAnswer(socket, "/metrics");
  }

  private static String lastAnswer(Socket socket, String path) throws IOException {
    write(socket, "GET " + path + " HTTP/1.1\r\nHost: here\r\n\r\n");
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Whether it is served, which leaves it open. */
  private static boolean isServed(Socket socket) throws IOException {
    write(socket, "GET /health/live HTTP/1.1\r\nHost: here\r\n\r\n");
    byte[] start = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
    return new String(start, StandardCharsets.UTF_8).equals("HTTP/1.1 200");
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private void awaitOpen(int count) throws InterruptedException {
    while (limit.openCount() != count) {
      Thread.sleep(5);
    }
  }

  private long refused() {
    return limit.counters().stream().mapToLong(it -> it.get(Counter.CONNECTIONS_REFUSED)).sum();
  }

  @Test
  void aConnectionTooManyIsAnswered503AndTheOthersAreServed() throws Exception {
    int port = open(MAX);
    Socket first = connect(port);
    Socket second = connect(port);
    connect(port); // counts though it says nothing
    String answer = lastAnswer(connect(port));
    assertThat(answer).startsWith("HTTP/1.1 503 ").contains("retry-after: 10\r\n");
    assertThat(answer).endsWith("{\"error\":\"too many connections\"}\n");
    assertThat(isServed(first)).isTrue();
    assertThat(isServed(second)).isTrue();
    assertThat(refused()).isEqualTo(1);
    assertThat(limit.openCount()).isEqualTo(MAX);
  }

  @Test
  void aConnectionTooManyIsToldOfTheNodesHealthAllTheSame() throws Exception {
    int port = open(1);
    Socket only = connect(port);
    awaitOpen(1);
    for (String path : List.of("/health/live", "/health/ready", "/health")) {
      String answer = lastAnswer(connect(port), path);
      assertThat(answer).startsWith("HTTP/1.1 200 ").contains("connection: close\r\n");
      assertThat(answer).as("whole").endsWith("}\n");
    }
    assertThat(isServed(only)).isTrue();
    assertThat(refused()).isEqualTo(3);
  }

  @Test
  void whoSendsSeveralRequestsAtOnceIsAnsweredOne() throws Exception {
    int port = open(1);
    connect(port);
    awaitOpen(1);
    Socket tooMany = connect(port);
    write(tooMany, "GET /health/live HTTP/1.1\r\nHost: here\r\n\r\n".repeat(3));
    assertThat(lastAnswer(tooMany, "/metrics").split("HTTP/1.1 ")).hasSize(2);
    assertThat(limit.openCount()).isEqualTo(1);
  }

  @Test
  void whoLeavesMakesRoom() throws Exception {
    int port = open(1);
    Socket first = connect(port);
    awaitOpen(1);
    first.close();
    awaitOpen(0);
    assertThat(isServed(connect(port))).isTrue();
    assertThat(limit.openCount()).isEqualTo(1);
  }

  @Test
  void thoseThatStayToBeToldSoAreBoundedToo() throws Exception {
    int port = open(1);
    Socket only = connect(port);
    for (int i = 0; i < HttpConnections.MAX_REFUSED; i++) {
      connect(port);
    }
    assertThat(connect(port).getInputStream().read()).as("closed unasked").isEqualTo(-1);
    assertThat(lastAnswer(sockets.get(1))).startsWith("HTTP/1.1 503 ");
    assertThat(isServed(only)).isTrue();
    assertThat(refused()).isEqualTo(HttpConnections.MAX_REFUSED + 1);
  }

  @Test
  void noMoreAreTakenThanThereAreDescriptorsForOverAllListeners() throws Exception {
    int unlimited = open(0);
    int other = open(MAX);
    limit.fit(2);
    assertThat(isServed(connect(unlimited))).isTrue();
    assertThat(isServed(connect(other))).isTrue();
    assertThat(lastAnswer(connect(unlimited))).startsWith("HTTP/1.1 503 ");
    assertThat(lastAnswer(connect(other))).startsWith("HTTP/1.1 503 ");
    limit.fit(Integer.MAX_VALUE);
    assertThat(isServed(connect(unlimited))).isTrue();
  }
}
