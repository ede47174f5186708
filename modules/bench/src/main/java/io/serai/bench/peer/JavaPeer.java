package io.serai.bench.peer;

import io.serai.bench.load.Protocol;
import io.serai.bench.load.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A broker embedded in a small program of its own under modules/bench/peers, built with Maven when
 * it is first asked for: nothing else of Serai needs its libraries.
 */
final class JavaPeer implements Peer {
  private static final List<String> HEAP =
      List.of("-Xms2g", "-Xmx2g", "-XX:+UseParallelGC", "-XX:MaxDirectMemorySize=2g");

  private final String name;
  private final Protocol protocol;
  private final String javaVersion;
  private final List<String> options;
  private final @Nullable Path home;

  private JavaPeer(
      String name,
      Protocol protocol,
      String javaVersion,
      List<String> options,
      @Nullable Path home) {
    this.name = name;
    this.protocol = protocol;
    this.javaVersion = javaVersion;
    this.options = options;
    this.home = home;
  }

  /** Apache Qpid Broker-J, which does not start on Java 24 or later. */
  static JavaPeer qpid(@Nullable Path home) {
    return new JavaPeer("qpid", Protocol.AMQP, "17", List.of(), home);
  }

  /** HiveMQ Community Edition. */
  static JavaPeer hivemq(@Nullable Path home) {
    return new JavaPeer(
        "hivemq",
        Protocol.MQTT,
        "25",
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"),
        home);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<Protocol> protocols() {
    return Set.of(protocol);
  }

  @Override
  public Optional<String> missing() {
    if (project().filter(Files::isDirectory).isEmpty()) {
      return Optional.of("needs the source tree: run the tool as ./serai bench");
    }
    return java().isPresent()
        ? Optional.empty()
        : Optional.of(
            "needs a JDK " + javaVersion + ": set JAVA" + javaVersion + "_HOME to its folder");
  }

  private Optional<Path> project() {
    return Optional.ofNullable(home).map(root -> root.resolve("modules/bench/peers/" + name));
  }

  private Optional<Path> java() {
    if (Runtime.version().feature() == Integer.parseInt(javaVersion)) {
      return Optional.of(Path.of(System.getProperty("java.home"), "bin", "java"));
    }
    return Optional.ofNullable(System.getenv("JAVA" + javaVersion + "_HOME"))
        .map(folder -> Path.of(folder, "bin", "java"))
        .filter(Files::isExecutable)
        .or(() -> Programs.first("/usr/lib/jvm", "*" + javaVersion + "*", "bin/java"));
  }

  @Override
  public RunningPeer start() throws IOException, InterruptedException {
    Path jars = build(project().orElseThrow());
    Launch launch = new Launch(name);
    int port = Ports.free(1).getFirst();
    List<String> command = new ArrayList<>();
    command.add(java().orElseThrow().toString());
    command.addAll(HEAP);
    command.addAll(options);
    command.addAll(List.of("-Dderby.stream.error.file=" + launch.folder().resolve("derby.log")));
    command.addAll(
        List.of("-cp", jars + "/*", "Broker", launch.folder().toString(), Integer.toString(port)));
    Process process = launch.run(command, Map.of());
    launch.await("port " + port, () -> Ports.isOpen(port));
    Target target =
        protocol == Protocol.AMQP
            ? Target.local(port, 0, process.pid())
            : Target.local(0, port, process.pid());
    return launch.running(target);
  }

  /** The folder of its jars, fetched and compiled when it is not there. */
  private Path build(Path project) throws IOException, InterruptedException {
    Path jars = project.resolve("target/lib");
    Path built = project.resolve("target/built");
    if (!isNewer(built, project.resolve("pom.xml"))
        || !isNewer(built, project.resolve("src/main/java/Broker.java"))) {
      System.err.println("serai bench: fetching and building " + name + " with Maven");
      Path root = project.resolve("../../../..").normalize();
      Process maven =
          new ProcessBuilder(
                  root.resolve("mvnw").toString(), "-B", "-q", "-f", "pom.xml", "clean", "package")
              .directory(project.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.to(Path.of("/dev/stderr").toFile()))
              .start();
      if (maven.waitFor() != 0) {
        throw new IOException(name + " could not be built; Maven's output is above");
      }
      Files.createFile(built);
    }
    return jars;
  }

  private static boolean isNewer(Path built, Path source) throws IOException {
    return Files.exists(built)
        && Files.getLastModifiedTime(built).compareTo(Files.getLastModifiedTime(source)) > 0;
  }
}
