package io.serai.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One MQTT client that publishes at QoS 0 as fast as its socket takes it, and one that gets all of
 * that, each in a thread of its own, until it is closed.
 */
public final class Flood implements AutoCloseable {
  private static final int BLOCK_BYTES = 64 * 1024;
  private static final int CONNACK_BYTES = 4;
  private static final int SUBACK_BYTES = 5;

  private final Socket subscriber;
  private final Socket publisher;
  private final AtomicLong bytesIn = new AtomicLong();
  private final AtomicLong bytesOut = new AtomicLong();
  private final int packetBytes;

  /**
   * Starts flooding.
   *
   * @param number tells floods apart
   * @param bodyBytes of each message
   */
  public Flood(Target target, int number, int bodyBytes) throws IOException {
    String topic = "flood/" + number;
    subscriber = connect(target, "flooded-" + number);
    ByteBuffer subscribe = ByteBuffer.allocate(256);
    MqttPackets.putSubscribe(subscribe, topic, 0);
    send(subscriber, subscribe);
    subscriber.getInputStream().readNBytes(SUBACK_BYTES);
    publisher = connect(target, "flooding-" + number);
    byte[] name = MqttPackets.utf8(topic);
    ByteBuffer packet = ByteBuffer.allocate(name.length + bodyBytes + 7);
    MqttPackets.putHead(packet, 0x30, 2 + name.length + bodyBytes);
    MqttPackets.putString(packet, name);
    packetBytes = packet.position() + bodyBytes;
    byte[] block = block(packet.array(), packetBytes);
    Thread.ofPlatform().daemon().name("flood-out-" + number).start(() -> write(block));
    Thread.ofPlatform().daemon().name("flood-in-" + number).start(this::read);
  }

  private static byte[] block(byte[] packet, int bytes) {
    int count = Math.max(1, BLOCK_BYTES / bytes);
    byte[] block = new byte[count * bytes];
    for (int i = 0; i < count; i++) {
      System.arraycopy(packet, 0, block, i * bytes, bytes);
    }
    return block;
  }

  private static Socket connect(Target target, String clientId) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(target.host(), target.port(Protocol.MQTT)));
    ByteBuffer connect = ByteBuffer.allocate(4096);
    MqttPackets.putConnect(connect, target, clientId);
    send(socket, connect);
    byte[] answer = socket.getInputStream().readNBytes(CONNACK_BYTES);
    if (answer.length < CONNACK_BYTES || answer[3] != 0) {
      throw new LoadFailure("the broker refuses " + clientId);
    }
    return socket;
  }

  private static void send(Socket to, ByteBuffer packet) throws IOException {
    to.getOutputStream().write(packet.array(), 0, packet.position());
  }

  private void write(byte[] block) {
    try {
      while (true) {
        publisher.getOutputStream().write(block);
        bytesOut.addAndGet(block.length);
      }
    } catch (IOException e) {
      return; // closed, by us or by the broker
    }
  }

  private void read() {
    byte[] buffer = new byte[BLOCK_BYTES];
    try (InputStream in = subscriber.getInputStream()) {
      int count = in.read(buffer);
      while (count > 0) {
        bytesIn.addAndGet(count);
        count = in.read(buffer);
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  /** Messages the broker has taken. */
  public long published() {
    return bytesOut.get() / packetBytes;
  }

  /** Messages that came out again. */
  public long received() {
    return bytesIn.get() / packetBytes;
  }

  @Override
  public void close() throws IOException {
    publisher.close();
    subscriber.close();
  }
}
