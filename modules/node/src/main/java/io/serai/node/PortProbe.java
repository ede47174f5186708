package io.serai.node;

import io.serai.config.BindAddress;
import io.serai.config.Transport;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Finds out what can be bound before anything is opened. Looks up names: not for event loops. */
final class PortProbe {
  private PortProbe() {}

  /** The addresses among {@code wanted} that this machine has; optional ones may be missing. */
  static List<String> present(List<BindAddress> wanted) {
    List<String> hosts = new ArrayList<>();
    for (BindAddress address : wanted) {
      if (!address.isOptional() || exists(address.host())) {
        hosts.add(address.host());
      }
    }
    return hosts;
  }

  private static boolean exists(String host) {
    try {
      InetAddress address = InetAddress.getByName(host);
      return address.isAnyLocalAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (IOException _) {
      return false;
    }
  }

  /**
   * A port that is free right now. Another process may take it before it is opened: try again then.
   */
  static int free(String host, Transport transport) throws IOException {
    InetSocketAddress any = new InetSocketAddress(host, 0);
    if (transport.isDatagram()) {
      try (DatagramSocket socket = new DatagramSocket(any)) {
        return socket.getLocalPort();
      }
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(any, 1);
      return socket.getLocalPort();
    }
  }

  /**
   * Fails when a UDP port is taken. Loops share theirs with SO_REUSEPORT, which would also let two
   * nodes share it unnoticed.
   */
  static void requireFreeDatagram(String host, int port) throws IOException {
    new DatagramSocket(new InetSocketAddress(host, port)).close();
  }
}
