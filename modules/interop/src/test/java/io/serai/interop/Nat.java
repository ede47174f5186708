package io.serai.interop;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Stands between one client and a server as a NAT does, and may forget what it has mapped. */
final class Nat implements AutoCloseable {
  private final InetSocketAddress server;
  private final DatagramSocket inside;
  private volatile DatagramSocket outside;
  private volatile SocketAddress client;

  Nat(int serverPort) throws IOException {
    server = new InetSocketAddress("127.0.0.1", serverPort);
    inside = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::outwards);
    forget();
  }

  /** Where the client finds it. */
  int port() {
    return inside.getLocalPort();
  }

  /** From now on the client comes from another port. */
  void forget() throws IOException {
    DatagramSocket before = outside;
    DatagramSocket next = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    outside = next;
    Thread.ofVirtual().start(() -> inwards(next));
    if (before != null) {
      before.close();
    }
  }

  private void outwards() {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    try {
      while (true) {
        packet.setLength(65_536);
        inside.receive(packet);
        client = packet.getSocketAddress();
        sendOn(new DatagramPacket(packet.getData(), packet.getLength(), server));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void sendOn(DatagramPacket packet) throws IOException {
    DatagramSocket by = outside;
    try {
      by.send(packet);
    } catch (IOException e) {
      if (by == outside) {
        throw e;
      }
      outside.send(packet); // it was mapped anew just then
    }
  }

  private void inwards(DatagramSocket from) {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    try {
      while (true) {
        packet.setLength(65_536);
        from.receive(packet);
        inside.send(new DatagramPacket(packet.getData(), packet.getLength(), client));
      }
    } catch (IOException e) {
      // closed, or mapped anew
    }
  }

  @Override
  public void close() {
    inside.close();
    outside.close();
  }
}
