package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Raw bytes no client would send: each is answered with the protocol's own error and closes that
 * connection only.
 */
@Timeout(600)
class MalformedInputIT {
  private final SeraiProcess node = SharedNode.get();

  @Test
  void anUnknownAmqpHeaderIsAnsweredWithASupportedOne() throws Exception {
    assertThat(exchange("amqp", hex("414d5150 01 01 00 0a")))
        .isEqualTo(hex("414d5150 00 00 09 01"));
    assertThat(exchange("amqp", "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII)))
        .isEqualTo(hex("414d5150 00 00 09 01"));
  }

  @Test
  void anAmqpFrameWithAWrongEndClosesTheConnection() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", node.port("amqp"))) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(hex("414d5150 00 00 09 01"));
      InputStream in = socket.getInputStream();
      readFrame(in); // connection.start
      socket.getOutputStream().write(hex("01 0000 00000004 000a000b 00"));
      // Before tune nothing can be told: the connection just ends, or ends with connection.close
      // 501.
      byte[] rest = in.readAllBytes();
      assertThat(rest.length == 0 || new String(rest, US_ASCII).contains("FRAME_ERROR")).isTrue();
    }
  }

  @Test
  void anMqttPacketBeforeConnectClosesTheConnection() throws Exception {
    assertThat(exchange("mqtt", hex("c0 00"))).isEmpty();
  }

  @Test
  void anMqtt5PublishWithQos3IsToldAndClosed() throws Exception {
    byte[] answer =
        exchange(
            "mqtt",
            // CONNECT, MQTT 5, clean start, keep alive 60, client id "bad"; PUBLISH with both QoS
            // bits
            hex("10 10 0004 4d515454 05 02 003c 00 0003 626164 36 06 0001 74 0001 00"));
    // CONNACK first, then DISCONNECT 0x81 malformed packet (MQTT 5.0 §4.13)
    assertThat(answer[0]).isEqualTo((byte) 0x20);
    int disconnect = 2 + answer[1];
    assertThat(answer[disconnect]).isEqualTo((byte) 0xe0);
    assertThat(answer[disconnect + 2]).isEqualTo((byte) 0x81);
  }

  @Test
  void anOverlongRemainingLengthClosesTheConnection() throws Exception {
    assertThat(exchange("mqtt", hex("10 ff ff ff ff 7f"))).isEmpty();
  }

  @Test
  void randomBytesOnAnyListenerNeverHurtTheNode() throws Exception {
    Random random = new Random(7);
    for (String listener : new String[] {"amqp", "mqtt", "mqtt-ws", "stomp", "stomp-ws", "http"}) {
      for (int i = 0; i < 50; i++) {
        byte[] bytes = new byte[1 + random.nextInt(300)];
        random.nextBytes(bytes);
        if (listener.equals("amqp") && i % 2 == 0) {
          System.arraycopy(hex("414d5150 00 00 09 01"), 0, bytes, 0, Math.min(8, bytes.length));
        }
        try (Socket socket = new Socket("127.0.0.1", node.port(listener))) {
          socket.getOutputStream().write(bytes);
        } catch (IOException e) {
          assertThat(e).hasMessageNotContaining("refused");
        }
      }
    }
    assertThat(node.process().isAlive()).isTrue();
    assertThat(node.output()).doesNotContain("internal error");
    assertThat(exchange("amqp", hex("414d5150 09 09 09 09"))).hasSize(8);
  }

  /** Sends bytes, then reads until the node closes. */
  private byte[] exchange(String listener, byte[] bytes) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", node.port(listener))) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(bytes);
      return socket.getInputStream().readAllBytes();
    }
  }

  private static void readFrame(InputStream in) throws IOException {
    byte[] header = in.readNBytes(7);
    int size = java.nio.ByteBuffer.wrap(header).getInt(3);
    in.readNBytes(size + 1);
  }

  private static final java.nio.charset.Charset US_ASCII =
      java.nio.charset.StandardCharsets.US_ASCII;

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }
}
