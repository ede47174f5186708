package io.serai.bench.peer;

import io.serai.bench.load.Protocol;
import io.serai.bench.load.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** RabbitMQ with its MQTT plugin, as a node of its own beside an installed service. */
final class RabbitmqPeer implements Peer {
  private static final String CONF =
      """
      listeners.tcp.1 = 127.0.0.1:%d
      mqtt.listeners.tcp.1 = 127.0.0.1:%d
      mqtt.prefetch = 1000
      loopback_users = none
      tcp_listen_options.nodelay = true
      vm_memory_high_watermark.relative = 0.6
      disk_free_limit.absolute = 1GB
      log.file.level = error
      """;

  @Override
  public String name() {
    return "rabbitmq";
  }

  @Override
  public Set<Protocol> protocols() {
    return Set.of(Protocol.AMQP, Protocol.MQTT);
  }

  /** The script itself: the one in PATH may be a wrapper that changes to the service's user. */
  private static Optional<Path> script() {
    String inside = "rabbitmq-server";
    return Programs.find(inside)
        .filter(path -> Files.isExecutable(path.resolveSibling("rabbitmq-env")))
        .or(() -> Programs.first("/usr/lib/rabbitmq", "bin", inside))
        .or(() -> Programs.first("/usr/lib/rabbitmq/lib", "rabbitmq_server-*", "sbin/" + inside))
        .or(() -> Programs.first("/opt/homebrew/opt", "rabbitmq", "sbin/" + inside));
  }

  @Override
  public Optional<String> missing() {
    if (script().isEmpty()) {
      return Optional.of("not installed (Debian, Ubuntu: apt install rabbitmq-server)");
    }
    return Programs.find("epmd").isPresent()
        ? Optional.empty()
        : Optional.of("Erlang's epmd is not in PATH");
  }

  @Override
  public RunningPeer start() throws IOException, InterruptedException {
    Path script = script().orElseThrow();
    Launch launch = new Launch(name());
    List<Integer> ports = Ports.free(4);
    int amqp = ports.get(0);
    int mqtt = ports.get(1);
    String epmdPort = ports.get(2).toString();
    // A port mapper of its own: the one the node would start outlives it.
    launch.run(
        List.of(
            Programs.find("epmd").orElseThrow().toString(),
            "-port",
            epmdPort,
            "-address",
            "127.0.0.1"),
        Map.of());
    launch.write("rabbitmq.conf", CONF.formatted(amqp, mqtt));
    Process process =
        launch.run(
            List.of(script.toString()), environment(launch, epmdPort, ports.get(3).toString()));
    launch.await("its ports", () -> Ports.isOpen(mqtt) && Ports.isOpen(amqp));
    TimeUnit.SECONDS.sleep(1); // it goes on starting
    Path pidFile = launch.folder().resolve("pid");
    long pid =
        Files.exists(pidFile) ? Long.parseLong(Files.readString(pidFile).strip()) : process.pid();
    return launch.running(Target.local(amqp, mqtt, pid));
  }

  private static Map<String, String> environment(Launch launch, String epmdPort, String distPort)
      throws IOException {
    String folder = launch.folder().toString();
    Map<String, String> environment = new HashMap<>();
    environment.put("HOME", folder);
    environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
    environment.put("ERL_EPMD_PORT", epmdPort);
    environment.put("RABBITMQ_DIST_PORT", distPort);
    environment.put("RABBITMQ_NODENAME", "bench@localhost");
    environment.put("RABBITMQ_MNESIA_BASE", folder + "/mnesia");
    environment.put("RABBITMQ_LOG_BASE", folder + "/log");
    environment.put("RABBITMQ_CONFIG_FILE", folder + "/rabbitmq");
    environment.put(
        "RABBITMQ_ENABLED_PLUGINS_FILE", launch.write("plugins", "[rabbitmq_mqtt].").toString());
    environment.put("RABBITMQ_PID_FILE", folder + "/pid");
    environment.put("RABBITMQ_CONF_ENV_FILE", folder + "/none");
    return environment;
  }
}
