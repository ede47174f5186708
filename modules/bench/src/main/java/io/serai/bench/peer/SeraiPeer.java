package io.serai.bench.peer;

import io.serai.bench.load.Protocol;
import io.serai.bench.load.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** This node with its default settings, as a user starts it. */
public final class SeraiPeer implements Peer {
  private static final Pattern AMQP = Pattern.compile("(?m)^READY.* amqp=(\\d+).*\n");
  private static final Pattern MQTT = Pattern.compile("(?m)^READY.* mqtt=(\\d+).*\n");

  /** Null without a source tree. */
  private final @Nullable Path launcher;

  private @Nullable String jars; // of the launcher's build, made once so that every start is alike

  private SeraiPeer(@Nullable Path launcher) {
    this.launcher = launcher;
  }

  /** The node of a source tree; without one it is missing. */
  public static SeraiPeer ofLauncher(@Nullable Path home) {
    return new SeraiPeer(home == null ? null : home.resolve("serai"));
  }

  @Override
  public String name() {
    return "serai";
  }

  @Override
  public Set<Protocol> protocols() {
    return Set.of(Protocol.AMQP, Protocol.MQTT);
  }

  @Override
  public Optional<String> missing() {
    if (launcher == null) {
      return Optional.of("SERAI_HOME is not set; run the tool as ./serai bench");
    }
    return Files.isExecutable(launcher)
        ? Optional.empty()
        : Optional.of(launcher + " does not exist");
  }

  @Override
  public RunningPeer start() throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>();
    for (String protocol : List.of("AMQP", "MQTT", "STOMP", "COAP", "WAMP", "HTTP")) {
      environment.put("SERAI_" + protocol, "0");
    }
    String command = Objects.requireNonNull(launcher, "nothing is missing").toString();
    environment.put("SERAI_LIB", jars(command));
    Launch launch = new Launch(name());
    Process process =
        launch.run(
            List.of(command, "start", "--data", launch.folder().resolve("data").toString()),
            environment);
    launch.await("READY", () -> port(MQTT, launch).isPresent());
    return launch.running(
        Target.local(
            port(AMQP, launch).orElse(0), port(MQTT, launch).orElseThrow(), process.pid()));
  }

  private static OptionalInt port(Pattern pattern, Launch launch) {
    try {
      Matcher matcher = pattern.matcher(launch.output());
      return matcher.find()
          ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
          : OptionalInt.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder of jars the launcher runs, built if there is no build. */
  private String jars(String command) throws IOException, InterruptedException {
    String known = jars != null ? jars : System.getenv("SERAI_LIB");
    if (known == null) {
      Process build =
          new ProcessBuilder(command, "build")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String printed = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (build.waitFor() != 0) {
        throw new IOException("serai could not be built; the launcher said why");
      }
      known = printed.strip();
    }
    jars = known;
    return known;
  }
}
