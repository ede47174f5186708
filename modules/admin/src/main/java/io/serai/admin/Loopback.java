package io.serai.admin;

import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Tells peers on this machine from others. */
final class Loopback {
  private Loopback() {}

  static boolean is(@Nullable SocketAddress remote) {
    if (remote == null || remote.hostAddress() == null) {
      return false;
    }
    try {
      // A literal address: no name is looked up.
      return InetAddress.getByName(remote.hostAddress()).isLoopbackAddress();
    } catch (UnknownHostException _) {
      return false;
    }
  }
}
