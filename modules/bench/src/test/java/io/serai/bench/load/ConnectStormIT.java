package io.serai.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.bench.cost.Meter;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ConnectStormIT {
  private final AtomicInteger left = new AtomicInteger();

  /** Welcomes or refuses whoever comes. */
  private ServerSocket broker(byte code) throws IOException {
    ServerSocket server = new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Socket client = server.accept();
              Thread.ofVirtual().start(() -> serve(client, code));
            }
          } catch (IOException e) {
            return; // closed
          }
        });
    return server;
  }

  private void serve(Socket client, byte code) {
    try (client) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      packet(in);
      client.getOutputStream().write(new byte[] {0x20, 2, 0, code});
      if (packet(in) == (byte) 0x82) {
        client.getOutputStream().write(new byte[] {(byte) 0x90, 3, 0, 1, 0});
        packet(in);
      }
      left.incrementAndGet();
    } catch (IOException e) {
      return; // gone without a word
    }
  }

  private static byte packet(DataInputStream in) throws IOException {
    byte head = in.readByte();
    in.readFully(new byte[in.readByte()]);
    return head;
  }

  @Test
  void clientsComeSubscribeAndLeaveOneAfterTheOther() throws Exception {
    for (boolean subscribes : new boolean[] {false, true}) {
      left.set(0);
      try (ServerSocket server = broker((byte) 0)) {
        ConnectStorm.Result result = storm(server, subscribes, 0.5);
        for (int longer = 1; result.connects() == 0 && longer < 8; longer++) { // a busy machine
          left.set(0);
          result = storm(server, subscribes, longer);
        }
        assertThat(result.connects()).isPositive();
        while (result.connects() > left.get() + 4L) {
          Thread.sleep(5); // until the broker has read what they said last
        }
        assertThat(result.p50Micros()).isPositive().isLessThanOrEqualTo(result.p99Micros());
      }
    }
  }

  private static ConnectStorm.Result storm(ServerSocket server, boolean subscribes, double seconds)
      throws Exception {
    Target target = Target.local(0, server.getLocalPort(), 0);
    return ConnectStorm.run(target, 4, subscribes, 0, seconds, Meter.withoutProcess());
  }

  @Test
  void aRefusalEndsIt() throws Exception {
    try (ServerSocket server = broker((byte) 5)) {
      Target target = Target.local(0, server.getLocalPort(), 0);
      assertThatThrownBy(() -> ConnectStorm.run(target, 1, false, 0, 60, Meter.withoutProcess()))
          .isInstanceOf(LoadFailure.class)
          .hasMessageContaining("code 5");
    }
  }
}
