package io.serai.bench.peer;

import io.serai.bench.load.Protocol;
import io.serai.bench.load.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Mosquitto without persistence; its limits on queued messages are off, else it drops QoS 1. */
final class MosquittoPeer implements Peer {
  private static final String CONF =
      """
      listener %d 127.0.0.1
      allow_anonymous true
      set_tcp_nodelay true
      max_inflight_messages 1000
      max_queued_messages 0
      persistence false
      log_type error
      sys_interval 0
      user %s
      """;

  @Override
  public String name() {
    return "mosquitto";
  }

  @Override
  public Set<Protocol> protocols() {
    return Set.of(Protocol.MQTT);
  }

  @Override
  public Optional<String> missing() {
    return Programs.find("mosquitto").isPresent()
        ? Optional.empty()
        : Optional.of("not installed (Debian, Ubuntu: apt install mosquitto)");
  }

  @Override
  public RunningPeer start() throws IOException, InterruptedException {
    Path program = Programs.find("mosquitto").orElseThrow();
    Launch launch = new Launch(name());
    int port = Ports.free(1).getFirst();
    Path conf =
        launch.write("mosquitto.conf", CONF.formatted(port, System.getProperty("user.name")));
    Process process = launch.run(List.of(program.toString(), "-c", conf.toString()), Map.of());
    launch.await("port " + port, () -> Ports.isOpen(port));
    return launch.running(Target.local(0, port, process.pid()));
  }
}
