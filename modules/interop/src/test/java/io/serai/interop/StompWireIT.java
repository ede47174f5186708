package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Raw STOMP frames against a node: what no client library sends. */
class StompWireIT {
  private static final String CONNECT =
      "CONNECT\naccept-version:1.2\nhost:/\nlogin:guest\npasscode:guest\n\n\0";

  @Test
  void anErrorIsTheLastThingAConnectionSays() throws Exception {
    String all =
        exchange(
            SharedNode.get(), CONNECT + "SEND\ndestination:/queue/a\ncontent-length:1\n\nabc\0");
    assertThat(all)
        .startsWith("CONNECTED\nversion:1.2\n")
        .contains("ERROR\nmessage:Malformed frame\n")
        .endsWith("\0");
    assertThat(exchange(SharedNode.get(), "GET / HTTP/1.1\r\n\r\n"))
        .startsWith("ERROR\nmessage:Bad command\n");
  }

  @Test
  void everyLimitOfTheConfigurationIsNamedInItsError() throws Exception {
    try (SeraiProcess node =
        SeraiProcess.start(
            "--set", "listeners.stomp.max-headers=10",
            "--set", "listeners.stomp.max-header-size=256 B",
            "--set", "listeners.stomp.max-frame-size=2 KiB",
            "--set", "listeners.stomp.max-subscriptions=1",
            "--set", "listeners.stomp.max-transactions=1",
            "--set", "listeners.stomp.max-transaction-frames=1")) {
      String send = "SEND\ndestination:/topic/a\n";
      assertThat(exchange(node, CONNECT + send + "a:1\n".repeat(10))).contains("max-headers");
      assertThat(exchange(node, CONNECT + send + "a:" + "x".repeat(300)))
          .contains("max-header-size");
      assertThat(exchange(node, CONNECT + send + "content-length:3000\n\n"))
          .contains("max-frame-size");
      String subscribe = "SUBSCRIBE\nid:%d\ndestination:/topic/a\n\n\0";
      assertThat(exchange(node, CONNECT + subscribe.formatted(1) + subscribe.formatted(2)))
          .contains("max-subscriptions");
      String begin = "BEGIN\ntransaction:%d\n\n\0";
      assertThat(exchange(node, CONNECT + begin.formatted(1) + begin.formatted(2)))
          .contains("max-transactions");
      String held = send + "transaction:1\n\n\0";
      assertThat(exchange(node, CONNECT + begin.formatted(1) + held + held))
          .contains("max-transaction-frames");
    }
  }

  @Test
  void aStoppingNodeSaysSo() throws Exception {
    try (SeraiProcess node = SeraiProcess.start();
        Socket socket = new Socket("127.0.0.1", node.port("stomp"))) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(CONNECT.getBytes(StandardCharsets.UTF_8));
      InputStream in = socket.getInputStream();
      assertThat(in.read()).isEqualTo('C');
      assertThat(node.terminate()).isZero();
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .contains("ERROR\nmessage:Server shutdown\n");
    }
  }

  /** Sends text, then reads until the node closes. */
  private static String exchange(SeraiProcess node, String text) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", node.port("stomp"))) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
