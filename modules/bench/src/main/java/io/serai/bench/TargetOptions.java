package io.serai.bench;

import io.serai.bench.load.Target;
import io.serai.bench.peer.Peers;
import io.serai.bench.peer.RunningPeer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a broker listens that runs already. */
final class TargetOptions {
  @Spec(Spec.Target.MIXEE)
  CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--amqp",
      paramLabel = "HOST:PORT",
      description = "A broker that runs already speaks AMQP 0-9-1 there.")
  @Nullable String amqp;

  @Option(
      names = "--mqtt",
      paramLabel = "HOST:PORT",
      description = "A broker that runs already speaks MQTT there.")
  @Nullable String mqtt;

  @Option(names = "--pid", paramLabel = "PID", description = "Its process, for CPU and memory.")
  long pid;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      defaultValue = "guest",
      description = "Who to log in as (default: guest).")
  String user = "guest";

  @Option(
      names = "--password",
      paramLabel = "TEXT",
      defaultValue = "guest",
      description = "The password (default: guest).")
  String password = "guest";

  /** Whether there is a broker that runs already. */
  boolean isGiven() {
    return amqp != null || mqtt != null;
  }

  /** What a command does with a broker; answers with its exit code. */
  interface Measurement {
    int of(Target broker) throws IOException, InterruptedException;
  }

  /** Measures that broker, or a fresh node that is stopped afterwards. */
  int measure(Measurement measurement) throws IOException, InterruptedException {
    Target running = target();
    if (running != null) {
      return measurement.of(running);
    }
    try (RunningPeer broker = Peers.ofEnvironment().named("serai").start()) {
      return measurement.of(broker.target());
    }
  }

  /** That broker, or null when the tool starts one. */
  @Nullable Target target() {
    if (!isGiven()) {
      return null;
    }
    String amqpHost = amqp == null ? null : host(amqp);
    String mqttHost = mqtt == null ? null : host(mqtt);
    if (amqpHost != null && mqttHost != null && !amqpHost.equals(mqttHost)) {
      throw problem("--amqp and --mqtt name different hosts; a broker is one");
    }
    String host = amqpHost != null ? amqpHost : String.valueOf(mqttHost);
    return new Target(
        host, amqp == null ? 0 : port(amqp), mqtt == null ? 0 : port(mqtt), user, password, pid);
  }

  private String host(String address) {
    int colon = address.lastIndexOf(':');
    if (colon < 1) {
      throw problem("'" + address + "' is not HOST:PORT, such as 127.0.0.1:5672");
    }
    return address.substring(0, colon);
  }

  private int port(String address) {
    try {
      int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
      if (port > 0 && port < 65_536) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw problem("'" + address + "' does not end in a port");
    }
    throw problem("'" + address + "' does not end in a port from 1 to 65535");
  }

  private ParameterException problem(String text) {
    return new ParameterException(spec.commandLine(), text);
  }
}
