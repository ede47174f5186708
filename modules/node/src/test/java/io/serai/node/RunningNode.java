package io.serai.node;

import io.serai.config.ConfigLoader;
import io.serai.config.ConfigResult;
import io.serai.config.LoadRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** A node of this JVM on free ports, with its configuration in a folder of its own. */
final class RunningNode implements AutoCloseable {
  static final Installed INSTALLED = Installed.find();
  static final ConfigLoader LOADER = INSTALLED.loader();

  private final HttpClient http = HttpClient.newHttpClient();
  final Path routingConf;
  final LoadRequest request;
  final Node node;
  final Reloader reloader;

  /**
   * @param folder gets {@code serai.conf}, {@code routing.conf} and the data
   * @param routing content of {@code routing.conf}
   * @param settings further lines of {@code serai.conf}
   */
  RunningNode(Path folder, String routing, String... settings) throws IOException {
    routingConf = folder.resolve("routing.conf");
    Files.writeString(routingConf, routing);
    Path main = folder.resolve("serai.conf");
    Files.writeString(main, String.join("\n", settings) + "\ninclude \"routing.conf\"\n");
    request = onFreePorts(folder).withFile(main);
    ConfigResult.Valid valid = valid(request);
    node = Node.start(valid.config(), INSTALLED);
    reloader = new Reloader(node, LOADER, request, valid);
    reloader.start();
  }

  /** Defaults on free ports, with the data in {@code folder}. */
  static LoadRequest onFreePorts(Path folder) {
    return LoadRequest.defaults()
        .withSetting("node.data-dir=" + folder.resolve("data"))
        .withSetting("node.event-loops=2")
        .withSetting("listeners.amqp.port=0")
        .withSetting("listeners.mqtt.port=0")
        .withSetting("listeners.mqtt-ws.port=0")
        .withSetting("listeners.stomp.port=0")
        .withSetting("listeners.stomp-ws.port=0")
        .withSetting("listeners.coap.port=0")
        .withSetting("listeners.coap-tcp.port=0")
        .withSetting("listeners.http.port=0");
  }

  static ConfigResult.Valid valid(LoadRequest request) {
    return switch (LOADER.load(request)) {
      case ConfigResult.Valid valid -> valid;
      case ConfigResult.Invalid invalid -> throw new AssertionError(invalid.errors().toString());
    };
  }

  int port(String listener) {
    return node.listeners().stream()
        .filter(it -> it.name().equals(listener))
        .findFirst()
        .orElseThrow()
        .port();
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port("http") + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** The same with a login, {@code user:password}. */
  HttpResponse<String> get(String path, String login) throws IOException, InterruptedException {
    String basic = Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port("http") + path))
            .header("Authorization", "Basic " + basic)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    reloader.close();
    node.stop();
    http.close();
  }
}
