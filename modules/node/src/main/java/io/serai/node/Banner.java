package io.serai.node;

import io.serai.config.ServerConfig;
import io.serai.gateway.Gateway;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a start says on stdout: where everything is, what to type first, and the READY line. */
final class Banner {
  private static final int MIN_NAME_WIDTH = 6;

  private final Node node;
  private final @Nullable Path configFile;

  Banner(Node node, @Nullable Path configFile) {
    this.node = node;
    this.configFile = configFile;
  }

  /** The lines before READY. */
  List<String> lines() {
    ServerConfig server = node.config().server();
    List<String> lines = new ArrayList<>();
    lines.add(
        "Serai %s, node %s, %d event loops"
            .formatted(Version.current(), server.nodeName(), node.loopCount()));
    lines.add("");
    List<OpenListener> listeners = node.listeners();
    int nameWidth =
        listeners.stream().mapToInt(it -> it.name().length()).max().orElse(MIN_NAME_WIDTH);
    int addressWidth = listeners.stream().mapToInt(it -> it.addresses().length()).max().orElse(1);
    String row = "  %-" + Math.max(nameWidth, MIN_NAME_WIDTH) + "s  %s";
    for (OpenListener listener : listeners) {
      String address = ("%-" + addressWidth + "s").formatted(listener.addresses());
      lines.add(row.formatted(listener.name(), address + "  " + describe(listener)));
    }
    lines.add(row.formatted("data", server.dataFolder().toString()));
    lines.add(row.formatted("conf", configFile == null ? "built-in defaults" : configFile));
    if (!server.notInstalled().isEmpty()) {
      lines.add(
          row.formatted(
              "later", String.join(", ", server.notInstalled()) + ": not in this version"));
    }
    List<String> commands = commands(listeners);
    if (!commands.isEmpty()) {
      lines.add("");
      lines.add("Try, each in a terminal of its own:");
      commands.forEach(command -> lines.add("  " + command));
    }
    lines.add("");
    return lines;
  }

  /** {@code READY amqp=5672 mqtt=1883 http=15672}. */
  String readyLine() {
    return node.listeners().stream()
        .map(listener -> " " + listener.name() + "=" + listener.port())
        .collect(Collectors.joining("", "READY", ""));
  }

  private String describe(OpenListener listener) {
    if (listener.config().protocol().equals(Installed.HTTP)) {
      return "http://"
          + OpenListener.address(listener.hosts().getFirst(), listener.port())
          + "/health";
    }
    Gateway gateway = node.gateways().get(listener.config().protocol());
    String title = gateway == null ? listener.config().protocol() : gateway.title();
    return switch (listener.config().transport()) {
      case TCP, UDP -> title;
      case TLS, DTLS ->
          title + " over " + listener.config().transport().name().toUpperCase(Locale.ROOT);
      case WEBSOCKET, SECURE_WEBSOCKET ->
          title + " over WebSocket, path " + listener.config().path();
    };
  }

  /** For the first plain listener of each protocol on this machine. */
  private List<String> commands(List<OpenListener> listeners) {
    Map<String, OpenListener> first =
        listeners.stream()
            .filter(it -> it.config().isLoopback())
            .filter(it -> !it.config().transport().isSecure())
            .filter(it -> !it.config().transport().isWebSocket())
            .collect(
                Collectors.toMap(
                    it -> it.config().protocol(),
                    it -> it,
                    (one, _) -> one,
                    java.util.LinkedHashMap::new));
    List<String> commands = new ArrayList<>();
    first.forEach((protocol, listener) -> {
      Gateway gateway = node.gateways().get(protocol);
      if (gateway != null) {
        commands.addAll(gateway.commandLines(listener.port()));
      }
    });
    return commands;
  }
}
