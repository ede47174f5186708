package io.serai.cli;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The device of the demo: speaks just enough MQTT 5 over a socket to publish with QoS 1. It shares
 * no code with the gateway, so what the demo shows went over the wire.
 */
final class DemoPublisher implements AutoCloseable {
  private static final int CONNECT = 0x10;
  private static final int CONNACK = 0x20;
  private static final int PUBLISH_QOS_1 = 0x32;
  private static final int PUBACK = 0x40;
  private static final int DISCONNECT = 0xE0;
  private static final int CONTENT_TYPE = 0x03;
  private static final int CLEAN_START_WITH_LOGIN = 0xC2;

  /** What QoS 1 publishes may be answered with and still have arrived (MQTT 5.0 §3.4.2.1). */
  private static final int NO_MATCHING_SUBSCRIBERS = 0x10;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  /** Connects and logs in; waits for CONNACK. */
  DemoPublisher(String host, int port, int timeoutMillis) throws IOException {
    socket = new Socket(host, port);
    socket.setSoTimeout(timeoutMillis);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream packet = new DataOutputStream(bytes);
    packet.writeUTF("MQTT");
    packet.writeByte(5);
    packet.writeByte(CLEAN_START_WITH_LOGIN);
    packet.writeShort(0); // no keep alive
    packet.writeByte(0); // no properties
    packet.writeUTF("serai-demo");
    packet.writeUTF("guest");
    packet.writeUTF("guest");
    send(CONNECT, bytes.toByteArray());
    byte[] answer = receive(CONNACK);
    if (answer[1] != 0) {
      throw new IOException("MQTT CONNECT was refused with reason 0x%02x".formatted(answer[1]));
    }
  }

  /** Publishes one text and waits until the broker has it. */
  void publish(String topic, String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream packet = new DataOutputStream(bytes);
    packet.writeUTF(topic);
    packet.writeShort(1); // packet id
    String contentType = "text/plain";
    packet.writeByte(3 + contentType.length());
    packet.writeByte(CONTENT_TYPE);
    packet.writeUTF(contentType);
    packet.write(text.getBytes(StandardCharsets.UTF_8));
    send(PUBLISH_QOS_1, bytes.toByteArray());
    byte[] answer = receive(PUBACK);
    int reason = answer.length > 2 ? answer[2] & 0xFF : 0;
    if (reason != 0 && reason != NO_MATCHING_SUBSCRIBERS) {
      throw new IOException("MQTT PUBLISH was refused with reason 0x%02x".formatted(reason));
    }
  }

  /** Every packet here is shorter than 128 bytes, so its length is one byte. */
  private void send(int header, byte[] body) throws IOException {
    out.writeByte(header);
    out.writeByte(body.length);
    out.write(body);
    out.flush();
  }

  private byte[] receive(int header) throws IOException {
    int type = in.readUnsignedByte();
    int length = in.readUnsignedByte();
    if (type != header || length > 127) {
      throw new IOException(
          "expected MQTT packet 0x%02x, got 0x%02x of length %d".formatted(header, type, length));
    }
    return in.readNBytes(length);
  }

  @Override
  public void close() throws IOException {
    send(DISCONNECT, new byte[0]);
    socket.close();
  }
}
