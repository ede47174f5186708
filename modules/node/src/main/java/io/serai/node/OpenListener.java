package io.serai.node;

import io.serai.config.ListenerConfig;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A listener that is open on every loop.
 *
 * @param config as configured
 * @param hosts the addresses it is bound to: those of the configuration that this machine has
 * @param port the real port, the same on every address
 */
public record OpenListener(ListenerConfig config, List<String> hosts, int port) {
  public OpenListener {
    hosts = List.copyOf(hosts);
  }

  /** Its name in the configuration and in the READY line. */
  public String name() {
    return config.name();
  }

  /** {@code 127.0.0.1:1883 [::1]:1883}. */
  public String addresses() {
    return hosts.stream().map(host -> address(host, port)).collect(Collectors.joining(" "));
  }

  /** {@code host:port}, with brackets around an IPv6 address. */
  static String address(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
