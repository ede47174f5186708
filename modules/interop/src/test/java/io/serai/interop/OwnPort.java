package io.serai.interop;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port for a node that is started again on it. It is below those that systems give to who asks
 * for none, so it stays free meanwhile, and a client that tries it again and again does not connect
 * to itself.
 */
final class OwnPort {
  private static final int TRIES = 100;

  private OwnPort() {}

  /** One that is free now. */
  static int pick() throws IOException {
    for (int tries = 1; ; tries++) {
      int port = ThreadLocalRandom.current().nextInt(12_000, 30_000);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (BindException e) {
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }
}
