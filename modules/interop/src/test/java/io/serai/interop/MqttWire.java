package io.serai.interop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * MQTT 5.0 byte by byte, for what clients never do: leave a message unacknowledged, keep silent,
 * send more than they may.
 */
final class MqttWire implements AutoCloseable {
  static final int CONNACK = 0x20;
  static final int PUBLISH = 0x30;
  static final int PUBACK = 0x40;
  static final int PUBREC = 0x50;
  static final int PUBREL = 0x60;
  static final int PUBCOMP = 0x70;
  static final int SUBACK = 0x90;
  static final int DISCONNECT = 0xE0;
  private static final int MILLIS = 60_000;

  private final Socket socket;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();

  /** One packet: type and flags, and what follows the length. */
  record Packet(int first, byte[] content) {
    int type() {
      return first & 0xF0;
    }

    int qos() {
      return first >> 1 & 3;
    }

    boolean isDup() {
      return (first & 8) != 0;
    }

    /** Of a PUBLISH without properties. */
    String topic() {
      return new String(content, 2, ByteBuffer.wrap(content).getShort(), StandardCharsets.UTF_8);
    }

    /** Of a PUBLISH with QoS 1 or 2. */
    int packetId() {
      ByteBuffer in = ByteBuffer.wrap(content);
      return in.getShort(2 + in.getShort(0)) & 0xFFFF;
    }

    /** The packet id of an answer to a PUBLISH. */
    int answeredId() {
      return ByteBuffer.wrap(content).getShort() & 0xFFFF;
    }

    /** Of a PUBLISH with QoS 1 or 2 and properties of less than 128 bytes. */
    byte[] body() {
      int properties = 4 + ByteBuffer.wrap(content).getShort();
      return Arrays.copyOfRange(content, properties + 1 + content[properties], content.length);
    }

    /** The number of two bytes under a property that comes in the content's properties. */
    int shortProperty(int id) {
      for (int at = 3; at + 2 < content.length; at += 3) { // of CONNACK, all of them that long
        if (content[at] == id) {
          return ByteBuffer.wrap(content).getShort(at + 1) & 0xFFFF;
        }
      }
      return -1;
    }

    @Override
    public String toString() {
      return "%02x %s".formatted(first, HexFormat.ofDelimiter(" ").formatHex(content));
    }
  }

  private MqttWire(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(MILLIS);
  }

  /**
   * Connects.
   *
   * @param flags of CONNECT: 2 for a clean start
   * @param properties as hexadecimal digits
   * @param payload behind the client id, such as a will
   */
  static MqttWire connect(
      int port, String clientId, int flags, int keepAlive, String properties, byte[] payload)
      throws IOException {
    MqttWire wire = new MqttWire(port);
    byte[] list = HexFormat.of().parseHex(properties);
    wire.text("MQTT").number(5, 1).number(flags, 1).number(keepAlive, 2).number(list.length, 1);
    wire.bytes(list).text(clientId).bytes(payload).send(0x10);
    return wire;
  }

  /** Connects as a proxy that says, in its PROXY protocol header, for whom it does. */
  static MqttWire connectBehind(int port, String proxyHeader, String clientId) throws IOException {
    MqttWire wire = new MqttWire(port);
    wire.socket.getOutputStream().write(proxyHeader.getBytes(StandardCharsets.US_ASCII));
    wire.text("MQTT").number(5, 1).number(2, 1).number(0, 2).number(0, 1).text(clientId).send(0x10);
    return wire;
  }

  MqttWire text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return number(bytes.length, 2).bytes(bytes);
  }

  MqttWire number(int value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) {
      held.write(value >> 8 * i);
    }
    return this;
  }

  MqttWire bytes(byte[] bytes) {
    held.writeBytes(bytes);
    return this;
  }

  /** Sends what was put together, as a packet. */
  void send(int first) throws IOException {
    send(first, 1);
  }

  /** Sends what was put together, as so many equal packets at once. */
  void send(int first, int times) throws IOException {
    byte[] content = held.toByteArray();
    held.reset();
    var packet = new ByteArrayOutputStream(content.length + 5);
    packet.write(first);
    int left = content.length;
    for (; left > 127; left >>= 7) {
      packet.write(left & 127 | 128);
    }
    packet.write(left);
    packet.writeBytes(content);
    byte[] one = packet.toByteArray();
    var all = new ByteArrayOutputStream(times * one.length);
    for (int i = 0; i < times; i++) {
      all.writeBytes(one);
    }
    all.writeTo(socket.getOutputStream());
  }

  void subscribe(String filter, int qos) throws IOException {
    number(1, 2).number(0, 1).text(filter).number(qos, 1).send(0x82);
  }

  void publish(String topic, int qos, int packetId) throws IOException {
    text(topic);
    if (qos > 0) {
      number(packetId, 2);
    }
    number(0, 1).number('x', 1).send(PUBLISH | qos << 1);
  }

  /** Publishes at QoS 0, so many messages at once. */
  void publishMany(String topic, int times) throws IOException {
    text(topic).number(0, 1).number('x', 1).send(PUBLISH, times);
  }

  /** The next packet, whatever it is; null at the end of the stream. */
  Packet read() throws IOException {
    int first = socket.getInputStream().read();
    if (first < 0) {
      return null;
    }
    int length = 0;
    int next = 128;
    for (int shift = 0; next > 127; shift += 7) {
      next = socket.getInputStream().read();
      length |= (next & 127) << shift;
    }
    return new Packet(first, socket.getInputStream().readNBytes(length));
  }

  /** The next packet of a type, passing over others. */
  Packet next(int type) throws IOException {
    Packet packet = read();
    while (packet != null && packet.type() != type) {
      packet = read();
    }
    if (packet == null) {
      throw new IOException("closed before a packet of type " + Integer.toHexString(type));
    }
    return packet;
  }

  /** Whether nothing comes for a while. */
  boolean isSilentFor(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      Packet packet = read();
      throw new IOException("came: " + packet);
    } catch (SocketTimeoutException silent) {
      return true;
    } finally {
      socket.setSoTimeout(MILLIS);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
