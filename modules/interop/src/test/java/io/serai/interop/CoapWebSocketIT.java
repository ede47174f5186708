package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** CoAP over WebSocket by raw messages (RFC 8323 §4). */
class CoapWebSocketIT {
  private static SeraiProcess node;

  @BeforeAll
  static void start() {
    node =
        SeraiProcess.start(
            "--set", "listeners.coap-ws.enabled=true", "--set", "listeners.coap-ws.port=0");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** What came, as hexadecimal digits, and the end as {@code closed CODE}. */
  private static final class Messages implements WebSocket.Listener {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream part = new ByteArrayOutputStream();

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      part.writeBytes(bytes);
      if (last) {
        received.add(HexFormat.of().formatHex(part.toByteArray()));
        part.reset();
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      received.add("closed " + code);
      return null;
    }

    String next() throws InterruptedException {
      String next = received.poll(60, TimeUnit.SECONDS);
      assertThat(next).as("a message within 60 s").isNotNull();
      return next;
    }
  }

  private final Messages messages = new Messages();

  private WebSocket open(String path, String protocol) throws Exception {
    return HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .subprotocols(protocol)
        .buildAsync(URI.create("ws://127.0.0.1:" + node.port("coap-ws") + path), messages)
        .get(60, TimeUnit.SECONDS);
  }

  private static void send(WebSocket socket, String hex) throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
    socket.sendBinary(bytes, true).get(60, TimeUnit.SECONDS);
  }

  @Test
  void requestsAreAnsweredAfterTheCapabilities() throws Exception {
    WebSocket socket = open("/.well-known/coap", "coap");
    assertThat(socket.getSubprotocol()).isEqualTo("coap");
    assertThat(messages.next()).as("CSM").startsWith("00e1");
    send(socket, "00 e1");
    send(socket, "01 03 07 b2 7073 04 77736f6b ff 6869"); // PUT /ps/wsok hi
    assertThat(messages.next()).startsWith("014107"); // 2.01
    send(socket, "01 01 08 b2 7073 04 77736f6b"); // GET /ps/wsok
    assertThat(messages.next()).startsWith("014508").endsWith("ff6869"); // 2.05 hi
    send(socket, "01 e2 09"); // Ping
    assertThat(messages.next()).isEqualTo("01e309"); // Pong
    send(socket, "00 e4"); // Release
    assertThat(messages.next()).startsWith("closed");
  }

  @Test
  void aMessageInPiecesIsOneMessage() throws Exception {
    WebSocket socket = open("/.well-known/coap", "coap");
    messages.next();
    send(socket, "00 e1");
    byte[] ping = HexFormat.of().parseHex("01e20a");
    socket.sendBinary(ByteBuffer.wrap(ping, 0, 1), false).get(60, TimeUnit.SECONDS);
    socket.sendBinary(ByteBuffer.wrap(ping, 1, 2), true).get(60, TimeUnit.SECONDS);
    assertThat(messages.next()).isEqualTo("01e30a");
  }

  @Test
  void whatIsNoMessageAborts() throws Exception {
    WebSocket socket = open("/.well-known/coap", "coap");
    messages.next();
    send(socket, "10 01 00"); // a length other than 0
    assertThat(messages.next()).as("Abort").startsWith("00e5");
    assertThat(messages.next()).startsWith("closed");
    assertThat(socket.isOutputClosed() || socket.isInputClosed()).isTrue();
  }

  @Test
  void onlyItsPathIsAWebSocket() {
    assertThatThrownBy(() -> open("/other", "coap")).isInstanceOf(ExecutionException.class);
  }
}
