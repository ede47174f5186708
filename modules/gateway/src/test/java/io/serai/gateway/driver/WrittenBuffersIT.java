package io.serai.gateway.driver;

import static io.serai.gateway.driver.DriverLoop.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a transport was given to write is released when that is done, since nobody else does it. */
@Timeout(120)
class WrittenBuffersIT {
  private static final String END = "that is all";

  private final Vertx vertx = Vertx.vertx();

  /** Nothing, a frame of a WebSocket, several frames, and the last one. */
  private final List<ByteBuf> written =
      Stream.of("", "x".repeat(100), "x".repeat(200_000), END)
          .map(text -> {
            ByteBuf buffer = ByteBufAllocator.DEFAULT.ioBuffer(); // as the driver makes them
            buffer.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
            return buffer;
          })
          .toList();

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(DriverLoop.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Has a WebSocket write it as soon as it is there; answers its port. */
  private int webSocket() throws Exception {
    var server =
        vertx
            .createHttpServer()
            .webSocketHandler(socket -> written.forEach(transportOf(socket)::write));
    return await(server.listen(0, "127.0.0.1")).actualPort();
  }

  private static WebSocketTransport transportOf(ServerWebSocket socket) {
    return new WebSocketTransport(socket, false, false);
  }

  private void assertIsReleased() throws InterruptedException {
    eventually(() -> written.stream().allMatch(buffer -> buffer.refCnt() == 0));
  }

  @Test
  void byAWebSocket() throws Exception {
    try (RawClient client = new RawClient(webSocket(), RawClient.upgrade("/"))) {
      client.readUntil(END);
      assertIsReleased();
    }
  }

  @Test
  void byASocket() throws Exception {
    var server =
        vertx
            .createNetServer()
            .connectHandler(socket -> written.forEach(new SocketTransport(socket)::write));
    int port = await(server.listen(0, "127.0.0.1")).actualPort();
    try (RawClient client = new RawClient(port, "")) {
      client.readUntil(END);
      assertIsReleased();
    }
  }

  @Test
  void byAWebSocketWhosePeerReadsNothingAndGoes() throws Exception {
    ByteBuf tooMuch = ByteBufAllocator.DEFAULT.ioBuffer().writeZero(30 << 20);
    var server =
        vertx.createHttpServer().webSocketHandler(socket -> transportOf(socket).write(tooMuch));
    int port = await(server.listen(0, "127.0.0.1")).actualPort();
    try (RawClient client = new RawClient(port, RawClient.upgrade("/"))) {
      client.readUntil("101");
    }
    eventually(() -> tooMuch.refCnt() == 0);
  }

  @Test
  void whatAWebSocketHasNotWrittenYetIsKnown() throws Exception {
    ByteBuf much = ByteBufAllocator.DEFAULT.ioBuffer().writeZero(30 << 20);
    CompletableFuture<WebSocketTransport> opened = new CompletableFuture<>();
    var server =
        vertx
            .createHttpServer()
            .webSocketHandler(socket -> {
              WebSocketTransport transport = transportOf(socket);
              transport.write(much);
              opened.complete(transport);
            });
    int port = await(server.listen(0, "127.0.0.1")).actualPort();
    try (RawClient client = new RawClient(port, RawClient.upgrade("/"))) {
      WebSocketTransport transport = opened.get(DriverLoop.PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(transport.waitingBytes()).isEqualTo(30 << 20);
      for (long left = 30 << 20; left > 0; ) {
        left -= client.in.skip(left);
      }
      eventually(() -> transport.waitingBytes() == 0);
    }
  }
}
