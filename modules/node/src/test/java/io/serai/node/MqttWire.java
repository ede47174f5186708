package io.serai.node;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Speaks just enough MQTT 5.0 over a socket to see what a node lets a user do. */
final class MqttWire implements AutoCloseable {
  private static final AtomicInteger CLIENTS = new AtomicInteger();

  private final Socket socket;

  /** The reason code of CONNACK; 0 when let in. */
  final int connectReason;

  MqttWire(int port, String user, String password) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(60_000);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream body = new DataOutputStream(bytes);
    text(body, "MQTT");
    body.write(new byte[] {5, (byte) 0xC2, 0, 0, 0}); // user, password, clean start; no properties
    text(body, "wire-" + CLIENTS.incrementAndGet());
    text(body, user);
    text(body, password);
    packet(0x10, bytes.toByteArray());
    int[] ack = read();
    connectReason = ack.length == 0 ? -1 : ack[2];
  }

  /** Publishes with QoS 1 and answers the reason code of PUBACK, 0 when accepted. */
  int publish(String topic) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream body = new DataOutputStream(bytes);
    text(body, topic);
    body.write(new byte[] {0, 1, 0, 'x'}); // packet id 1, no properties, payload
    packet(0x32, bytes.toByteArray());
    int[] ack = read();
    // MQTT 5.0 §3.4.2.1: no reason code means success
    return ack.length == 0 ? -1 : ack.length > 3 ? ack[3] : 0;
  }

  /**
   * The next packet: type and flags, then what follows the length; empty at the end of the stream.
   */
  int[] read() throws IOException {
    int type = socket.getInputStream().read();
    if (type < 0) {
      return new int[0];
    }
    int length = socket.getInputStream().read(); // below 128 in all that is read here
    byte[] rest = socket.getInputStream().readNBytes(length);
    int[] packet = new int[rest.length + 1];
    packet[0] = type;
    for (int i = 0; i < rest.length; i++) {
      packet[i + 1] = rest[i] & 0xFF;
    }
    return packet;
  }

  private void packet(int type, byte[] body) throws IOException {
    byte[] all = new byte[body.length + 2];
    all[0] = (byte) type;
    all[1] = (byte) body.length;
    System.arraycopy(body, 0, all, 2, body.length);
    socket.getOutputStream().write(all);
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeShort(bytes.length);
    out.write(bytes);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
