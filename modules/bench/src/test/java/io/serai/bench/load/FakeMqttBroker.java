package io.serai.bench.load;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.IntFunction;

/**
 * One consumer, then one publisher: says yes to both and forwards what is published as it likes. It
 * shows that the tool notices a broker that lies.
 */
final class FakeMqttBroker implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 2, InetAddress.getByName("127.0.0.1"));
  private final IntFunction<int[]> copies;

  /**
   * Starts it.
   *
   * @param copies for the number of a packet, from 0: the numbers of packets to deliver now
   */
  FakeMqttBroker(IntFunction<int[]> copies) throws IOException {
    this.copies = copies;
    Thread.ofPlatform().name("fake-broker").daemon().start(this::serve);
  }

  Target target() {
    return Target.local(0, server.getLocalPort(), 0);
  }

  private void serve() {
    try (Socket consumer = server.accept()) {
      DataInputStream fromConsumer = new DataInputStream(consumer.getInputStream());
      DataOutputStream toConsumer = new DataOutputStream(consumer.getOutputStream());
      packet(fromConsumer); // CONNECT
      toConsumer.write(new byte[] {0x20, 2, 0, 0});
      packet(fromConsumer); // SUBSCRIBE
      toConsumer.write(new byte[] {(byte) 0x90, 3, 0, 1, 0});
      try (Socket publisher = server.accept()) {
        DataInputStream fromPublisher = new DataInputStream(publisher.getInputStream());
        packet(fromPublisher); // CONNECT
        publisher.getOutputStream().write(new byte[] {0x20, 2, 0, 0});
        forward(fromPublisher, toConsumer);
      }
    } catch (IOException e) {
      return; // the tool has closed its connections
    }
  }

  private void forward(DataInputStream from, DataOutputStream to) throws IOException {
    java.util.List<byte[]> all = new java.util.ArrayList<>();
    while (true) {
      all.add(packet(from));
      for (int number : copies.apply(all.size() - 1)) {
        to.write(all.get(number));
      }
    }
  }

  /** A packet shorter than 128 bytes, whole. */
  private static byte[] packet(DataInputStream in) throws IOException {
    byte head = in.readByte();
    byte length = in.readByte();
    byte[] packet = new byte[2 + length];
    packet[0] = head;
    packet[1] = length;
    in.readFully(packet, 2, length);
    return packet;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
