package io.serai.node;

import io.serai.config.ListenerConfig;
import java.io.IOException;
import java.net.BindException;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens configured listeners on real addresses and ports, and says in the operator's words why one
 * cannot be opened. Waits: not for event loops.
 */
final class ListenerOpener {
  private static final Logger log = LoggerFactory.getLogger(ListenerOpener.class);

  /** A free port may be taken by somebody else before it is bound. */
  private static final int FREE_PORT_ATTEMPTS = 20;

  /** Binds one listener everywhere it belongs, or nowhere. */
  @FunctionalInterface
  interface Binding {
    /**
     * Binds {@code port} on every host.
     *
     * @throws RuntimeException when one fails; none is left open then
     */
    void bind(List<String> hosts, int port);
  }

  private ListenerOpener() {}

  /**
   * Opens one listener.
   *
   * @throws StartFailure naming the listener, what is wrong and the key to change
   */
  static OpenListener open(ListenerConfig config, Binding binding) {
    List<String> hosts = PortProbe.present(config.addresses());
    if (hosts.isEmpty()) {
      throw new StartFailure(
          "listener %s: this machine has none of its addresses; change %s or the host at the top"
              .formatted(config.name(), hostKey(config)));
    }
    for (int attempt = 1; ; attempt++) {
      int port = config.port();
      try {
        if (port == 0) {
          port = PortProbe.free(hosts.getFirst(), config.transport());
        } else if (config.transport().isDatagram()) {
          for (String host : hosts) {
            PortProbe.requireFreeDatagram(host, port);
          }
        }
        binding.bind(hosts, port);
        OpenListener open = new OpenListener(config, hosts, port);
        log.atInfo()
            .addKeyValue("listener", config.name())
            .addKeyValue("protocol", config.protocol())
            .addKeyValue("transport", config.transport().name().toLowerCase(Locale.ROOT))
            .addKeyValue("address", open.addresses())
            .log("listener open");
        return open;
      } catch (IOException | RuntimeException e) {
        if (config.port() != 0 || attempt == FREE_PORT_ATTEMPTS || !isInUse(e)) {
          throw failure(config, hosts, port, e);
        }
      }
    }
  }

  private static StartFailure failure(
      ListenerConfig config, List<String> hosts, int port, Exception e) {
    String where = new OpenListener(config, hosts, port).addresses();
    String name = config.name();
    if (isInUse(e)) {
      return new StartFailure(
          "listener %s: port %d is in use (%s). Stop what uses it, or choose another port with %s, for example --set %s=%d (0 takes a free one)."
              .formatted(name, port, where, config.portKey(), config.portKey(), other(port)),
          e);
    }
    String reason = reason(e);
    if (reason.contains("ermission denied")) {
      return new StartFailure(
          "listener %s: this user may not open port %d; choose one above 1023 with %s, or grant CAP_NET_BIND_SERVICE"
              .formatted(name, port, config.portKey()),
          e);
    }
    if (reason.contains("assign requested address") || reason.contains("esolve")) {
      return new StartFailure(
          "listener %s: not an address of this machine: %s; change %s or the host at the top"
              .formatted(name, String.join(", ", hosts), hostKey(config)),
          e);
    }
    return new StartFailure("listener %s cannot open %s: %s".formatted(name, where, reason), e);
  }

  /** The same key of the listener that {@link ListenerConfig#portKey} names for ports. */
  private static String hostKey(ListenerConfig config) {
    return config.portKey().replaceFirst("port$", "host");
  }

  private static int other(int port) {
    return port < 65_535 ? port + 1 : port - 1;
  }

  private static boolean isInUse(Exception e) {
    return rootOf(e) instanceof BindException && reason(e).contains("in use");
  }

  private static String reason(Exception e) {
    String message = rootOf(e).getMessage();
    return message == null ? rootOf(e).toString() : message;
  }

  private static Throwable rootOf(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
