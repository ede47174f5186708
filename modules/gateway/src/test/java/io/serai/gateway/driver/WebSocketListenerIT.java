package io.serai.gateway.driver;

import static io.serai.gateway.driver.DriverLoop.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a WebSocket listener does with peers before they have their WebSocket. */
@Timeout(120)
class WebSocketListenerIT {
  /** A masked binary frame with mask 0. */
  private static final String WHO = "\u0082\u0084\0\0\0\0who\n";

  private final ConnectionLimit all = new ConnectionLimit(2);
  private final ConnectionQuota perAddress = new ConnectionQuota(2);
  private final DriverLoop loop =
      new DriverLoop(
          new Admission(
              all, new ConnectionQuota(0), perAddress, FlappingWatch.OFF, new NodeLoad(1)));

  @AfterEach
  void stopLoop() {
    loop.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET /line HT",
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /line HTTP/1.1\r\n"
      })
  void whoNeverUpgradesIsClosedWhenItsTimeIsOver(String sent) throws Exception {
    int port = loop.listen(ListenerSpec.Kind.WEBSOCKET);
    long began = loop.clockMillis();
    try (RawClient client = new RawClient(port, sent)) {
      awaitEnd(client);
    }
    assertThat(loop.clockMillis() - began)
        .isGreaterThanOrEqualTo(DriverLoop.CONNECT_TIMEOUT_MILLIS);
    assertThat(perAddress.tryOpen("127.0.0.1")).isTrue();
    assertThat(perAddress.tryOpen("127.0.0.1")).isTrue();
    assertThat(all.isReached()).isFalse();
  }

  /** Lets the loop's time pass until a peer is cut off; reads what it is answered, if anything. */
  private void awaitEnd(RawClient client) throws Exception {
    FutureTask<Integer> end =
        new FutureTask<>(() -> {
          int count = 0;
          while (client.in.read() >= 0) {
            count++;
          }
          return count;
        });
    Thread.ofVirtual().start(end);
    while (!end.isDone()) {
      loop.advance(10);
      Thread.sleep(5);
    }
    end.get();
  }

  @Test
  void whoHasNotUpgradedYetCountsAlready() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.WEBSOCKET);
    try (RawClient first = new RawClient(port, "");
        RawClient second = new RawClient(port, "GET /line HT")) {
      eventually(all::isReached);
      assertThat(perAddress.tryOpen("127.0.0.1")).isFalse();
      try (RawClient third = new RawClient(port, "")) {
        assertThat(third.in.read()).isEqualTo(-1);
      }
      assertThat(first.socket.isConnected() && second.socket.isConnected()).isTrue();
    }
    eventually(() -> !all.isReached());
  }

  @Test
  void whoHasUpgradedCountsOnceAndIsNotClosed() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.WEBSOCKET);
    try (RawClient client = new RawClient(port, RawClient.upgrade("/line"))) {
      assertThat(client.readUntil("hello")).startsWith("HTTP/1.1 101 ");
      client.write(WHO);
      client.readUntil("loopback");
      assertThat(perAddress.tryOpen("127.0.0.1")).as("one of two").isTrue();
      perAddress.closed("127.0.0.1");
      assertThat(all.isReached()).isFalse();
      client.write("\u0082\u0086\0\0\0\0login\n");
      client.readUntil("welcome");
      try (RawClient late = new RawClient(port, "")) {
        awaitEnd(late); // the time of who came later is over
      }
      client.write(WHO);
      client.readUntil("loopback");
    }
    eventually(() -> loop.hub.connectionCount() == 0);
    assertThat(perAddress.tryOpen("127.0.0.1")).isTrue();
    assertThat(perAddress.tryOpen("127.0.0.1")).isTrue();
  }

  @Test
  void whoDoesNotReadItsLastWordsIsCutOff() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.WEBSOCKET);
    try (RawClient client = new RawClient(port, RawClient.upgrade("/line"))) {
      client.readUntil("hello");
      client.write("\u0082\u008e\0\0\0\0big 20000\nbad\n");
      eventually(() -> {
        loop.advance(10);
        return loop.hub.connectionCount() == 0;
      });
      assertThat(all.isReached()).isFalse();
    }
  }

  @Test
  void whoSpeaksInTextAndDoesNotReadIsCutOffToo() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.WEBSOCKET);
    try (RawClient client = new RawClient(port, RawClient.upgrade("/line"))) {
      client.readUntil("hello");
      client.write("\u0082\u008a\0\0\0\0big 20000\n\u0081\u0080\0\0\0\0");
      eventually(() -> {
        try {
          client.write("\u0089\u0080\0\0\0\0");
          return false;
        } catch (IOException _) {
          return true;
        }
      });
    }
  }

  @Test
  void whatIsNoHandshakeIsAnswered() throws Exception {
    int port = loop.listen(ListenerSpec.Kind.WEBSOCKET);
    String get = "GET /line HTTP/1.1\r\nHost: x\r\n";
    assertThat(answer(port, get + "\r\n")).contains(" 426 ");
    assertThat(answer(port, RawClient.upgrade("/other"))).contains(" 404 ");
    assertThat(answer(port, get + "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n"))
        .contains(" 400 ");
  }

  private static String answer(int port, String request) throws Exception {
    try (RawClient client = new RawClient(port, request)) {
      return client.in.readLine();
    }
  }
}
