package io.serai.bench.peer;

import io.serai.bench.load.Protocol;
import io.serai.bench.load.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** NATS through its MQTT listener, which needs JetStream. */
final class NatsPeer implements Peer {
  private static final String CONF =
      """
      listen: "127.0.0.1:%d"
      server_name: bench
      jetstream { store_dir: "%s" }
      mqtt { listen: "127.0.0.1:%d", max_ack_pending: 60000 }
      max_pending: 512MB
      """;

  @Override
  public String name() {
    return "nats";
  }

  @Override
  public Set<Protocol> protocols() {
    return Set.of(Protocol.MQTT);
  }

  @Override
  public Optional<String> missing() {
    return Programs.find("nats-server").isPresent()
        ? Optional.empty()
        : Optional.of("not installed (Debian, Ubuntu: apt install nats-server)");
  }

  @Override
  public RunningPeer start() throws IOException, InterruptedException {
    Path program = Programs.find("nats-server").orElseThrow();
    Launch launch = new Launch(name());
    List<Integer> ports = Ports.free(2);
    int mqtt = ports.get(1);
    Path conf = launch.write("nats.conf", CONF.formatted(ports.getFirst(), launch.folder(), mqtt));
    Process process = launch.run(List.of(program.toString(), "-c", conf.toString()), Map.of());
    launch.await("port " + mqtt, () -> Ports.isOpen(mqtt));
    return launch.running(Target.local(0, mqtt, process.pid()));
  }
}
