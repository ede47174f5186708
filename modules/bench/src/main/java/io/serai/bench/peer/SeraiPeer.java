package io.serai.bench.peer;

import io.serai.bench.load.Protocol;
import io.serai.bench.load.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** This node with its default settings, through the launcher or any other command. */
public final class SeraiPeer implements Peer {
  private static final Pattern AMQP = Pattern.compile("(?m)^READY.* amqp=(\\d+).*\n");
  private static final Pattern MQTT = Pattern.compile("(?m)^READY.* mqtt=(\\d+).*\n");

  private final List<String> command;
  private final boolean isLauncher;
  private @Nullable String jars; // of the launcher's build, made once so that every start is alike

  private SeraiPeer(List<String> command, boolean isLauncher) {
    this.command = command;
    this.isLauncher = isLauncher;
  }

  /** The node as a user starts it; without a source tree it is missing. */
  public static SeraiPeer ofLauncher(@Nullable Path home) {
    return new SeraiPeer(
        home == null ? List.of() : List.of(home.resolve("serai").toString()), true);
  }

  /** The node by the command that takes {@code start --data DIR} as further arguments. */
  public static SeraiPeer ofCommand(List<String> command) {
    return new SeraiPeer(List.copyOf(command), false);
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
    if (command.isEmpty()) {
      return Optional.of("SERAI_HOME is not set; run the tool as ./serai bench");
    }
    return !isLauncher || Files.isExecutable(Path.of(command.getFirst()))
        ? Optional.empty()
        : Optional.of(command.getFirst() + " does not exist");
  }

  @Override
  public RunningPeer start() throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>();
    for (String protocol : List.of("AMQP", "MQTT", "STOMP", "COAP", "WAMP", "HTTP")) {
      environment.put("SERAI_" + protocol, "0");
    }
    if (isLauncher) {
      environment.put("SERAI_LIB", jars());
    }
    Launch launch = new Launch(name());
    List<String> words = new ArrayList<>(command);
    words.addAll(List.of("start", "--data", launch.folder().resolve("data").toString()));
    Process process = launch.run(words, environment);
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
  private String jars() throws IOException, InterruptedException {
    String known = jars != null ? jars : System.getenv("SERAI_LIB");
    if (known == null) {
      Process build =
          new ProcessBuilder(command.getFirst(), "build")
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
