package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.config.BindAddress;
import io.serai.config.ListenerConfig;
import io.serai.config.ProtocolOptions;
import io.serai.config.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListenerOpenerIT {
  private final List<ServerSocket> open = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (ServerSocket socket : open) {
      socket.close();
    }
  }

  @Test
  void port0BecomesOneFreePortOnEveryAddress() {
    OpenListener listener = ListenerOpener.open(listener(0, "127.0.0.1", "127.0.0.2"), this::bind);
    assertThat(listener.port()).isPositive();
    assertThat(listener.addresses())
        .isEqualTo("127.0.0.1:" + listener.port() + " 127.0.0.2:" + listener.port());
    assertThat(open).hasSize(2);
  }

  @Test
  void anotherFreePortIsTriedWhenSomebodyTookTheFirst() {
    List<Integer> tried = new ArrayList<>();
    OpenListener listener =
        ListenerOpener.open(
            listener(0, "127.0.0.1"),
            (hosts, port) -> {
              tried.add(port);
              if (tried.size() < 3) {
                throw new IllegalStateException(
                    new java.net.BindException("Address already in use"));
              }
            });
    assertThat(tried).hasSize(3);
    assertThat(listener.port()).isEqualTo(tried.getLast());
  }

  @Test
  void aPortInUseNamesTheListenerTheAddressAndTheKeyToChange() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> ListenerOpener.open(listener(port, "127.0.0.1"), this::bind))
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining("listener mqtt: port " + port + " is in use (127.0.0.1:" + port)
          .hasMessageContaining("listeners.mqtt.port");
    }
  }

  @Test
  void anAddressOfAnotherMachineNamesTheKeyToChange() {
    assertThatThrownBy(() -> ListenerOpener.open(listener(0, "192.0.2.1"), this::bind))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("192.0.2.1")
        .hasMessageContaining("listeners.mqtt.host");
  }

  @Test
  void anOptionalAddressTheMachineLacksIsLeftOut() {
    ListenerConfig config =
        listener(
            0, List.of(new BindAddress("127.0.0.1", false), new BindAddress("2001:db8::1", true)));
    assertThat(ListenerOpener.open(config, this::bind).hosts()).containsExactly("127.0.0.1");
  }

  private void bind(List<String> hosts, int port) {
    for (String host : hosts) {
      try {
        ServerSocket socket = new ServerSocket();
        open.add(socket);
        socket.bind(new InetSocketAddress(host, port));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static ListenerConfig listener(int port, String... hosts) {
    return listener(
        port, java.util.Arrays.stream(hosts).map(host -> new BindAddress(host, false)).toList());
  }

  private static ListenerConfig listener(int port, List<BindAddress> addresses) {
    return new ListenerConfig(
        "mqtt",
        "mqtt",
        Transport.TCP,
        addresses,
        port,
        "/mqtt",
        null,
        true,
        "/",
        null,
        io.serai.config.ListenerLimits.NONE,
        new ProtocolOptions.Other(java.util.Map.of()));
  }
}
