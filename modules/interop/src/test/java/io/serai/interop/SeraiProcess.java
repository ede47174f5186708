package io.serai.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The assembled node, started as a user starts it: the launcher in the tree, its own process, free
 * ports. Output goes to a file that is printed when the start fails.
 */
final class SeraiProcess implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("([a-z-]+)=(\\d+)");
  private static final long START_SECONDS = 120;

  private final Process process;
  private final Path output;
  private final Path data;
  private final Map<String, Integer> ports;
  private final long startMillis;
  private boolean ownsData;

  private SeraiProcess(
      Process process, Path output, Path data, Map<String, Integer> ports, long startMillis) {
    this.process = process;
    this.output = output;
    this.data = data;
    this.ports = ports;
    this.startMillis = startMillis;
  }

  /** The root of the source tree. */
  static Path home() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve("serai"))) {
      Path up = here.getParent();
      if (up == null) {
        throw new IllegalStateException("no launcher above " + Path.of("").toAbsolutePath());
      }
      here = up;
    }
    return here;
  }

  /** Starts a node on free ports, whose data goes with it, with further arguments. */
  static SeraiProcess start(String... arguments) {
    try {
      SeraiProcess started = start(Files.createTempDirectory("serai-it"), arguments);
      started.ownsData = true;
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a node on free ports over an existing data folder. */
  static SeraiProcess start(Path data, String... arguments) throws IOException {
    return startAs("start", data, arguments);
  }

  /**
   * Starts a node on free ports with a command of the launcher that runs one.
   *
   * @param verb {@code start} or {@code demo}
   * @param data its data folder; null when the arguments say where
   */
  static SeraiProcess startAs(String verb, Path data, String... arguments) throws IOException {
    return startAs(verb, "", data, arguments);
  }

  /** Starts a node on free ports whose JVM has further options, such as less heap. */
  static SeraiProcess startWith(String jvmOptions, Path data, String... arguments)
      throws IOException {
    return startAs("start", jvmOptions, data, arguments);
  }

  /** As {@link #startWith}, of a shell that may have so many files and sockets open. */
  static SeraiProcess startWithFiles(int files, String jvmOptions, Path data, String... arguments)
      throws IOException {
    String limited = "ulimit -n " + files + " && exec \"$0\" \"$@\"";
    return startAs(List.of("bash", "-c", limited), "start", jvmOptions, data, arguments);
  }

  private static SeraiProcess startAs(
      String verb, String jvmOptions, Path data, String... arguments) throws IOException {
    return startAs(List.of(), verb, jvmOptions, data, arguments);
  }

  private static SeraiProcess startAs(
      List<String> shell, String verb, String jvmOptions, Path data, String... arguments)
      throws IOException {
    Path output = Files.createTempFile("serai-it", ".log");
    List<String> command = new ArrayList<>(shell);
    command.add(home().resolve("serai").toString());
    command.add(verb);
    if (data != null) {
      command.addAll(List.of("--data", data.toString()));
    }
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(freePorts());
    if (!jvmOptions.isEmpty()) {
      builder.environment().put("SERAI_JAVA_OPTS", jvmOptions);
    }
    long began = System.nanoTime();
    Process process = builder.start();
    long deadline = began + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      String text = Files.readString(output);
      Map<String, Integer> ports = readyPorts(text);
      if (ports != null) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        return new SeraiProcess(process, output, data, ports, millis);
      }
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "the node did not get READY ("
                + (process.isAlive() ? "timeout" : "exit " + process.exitValue())
                + "):\n"
                + text);
      }
      pause();
    }
  }

  /** Runs the launcher to its end and answers what it printed and its exit code. */
  static Finished run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(home().resolve("serai").toString());
    command.addAll(List.of(arguments));
    return Finished.of(
        new ProcessBuilder(command).directory(home().toFile()), 300, freePorts(), "");
  }

  /** Environment that puts every default listener on a free port. */
  static Map<String, String> freePorts() {
    Map<String, String> environment = new HashMap<>();
    for (String name : List.of("AMQP", "MQTT", "STOMP", "COAP", "WAMP", "HTTP")) {
      environment.put("SERAI_" + name, "0");
    }
    return environment;
  }

  private static Map<String, Integer> readyPorts(String text) {
    int end = text.lastIndexOf('\n'); // what follows is still being written
    for (String line : text.substring(0, Math.max(0, end)).split("\n")) {
      if (line.startsWith("READY")) {
        Map<String, Integer> ports = new HashMap<>();
        Matcher matcher = PORT.matcher(line);
        while (matcher.find()) {
          ports.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
        }
        return ports;
      }
    }
    return null;
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a node starts", e);
    }
  }

  /** The real port of a listener, by its name in the READY line. */
  int port(String listener) {
    Integer port = ports.get(listener);
    if (port == null) {
      throw new IllegalArgumentException("READY names no listener " + listener + ": " + ports);
    }
    return port;
  }

  /** Milliseconds from starting the launcher to READY. */
  long startMillis() {
    return startMillis;
  }

  Path data() {
    return data;
  }

  Process process() {
    return process;
  }

  /** Everything printed so far, standard output and error together. */
  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the metrics page shows of a metric without labels. */
  double metric(String name) throws Exception {
    URI page = URI.create("http://127.0.0.1:" + port("http") + "/metrics");
    try (HttpClient client = HttpClient.newHttpClient()) {
      String text =
          client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
      Matcher matcher = Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(text);
      if (!matcher.find()) {
        throw new IllegalStateException("no metric " + name);
      }
      return Double.parseDouble(matcher.group(1));
    }
  }

  /**
   * Memory never holds publishers back for good: where it did, because a busy machine was slow to
   * write to disk, they go on although nobody consumes.
   */
  void awaitPublishersGoOn() throws Exception {
    Eventually.await(
        () -> "publishers to go on: " + output(),
        60,
        () -> {
          String output = output();
          return output.lastIndexOf("publishers go on") >= output.lastIndexOf("publishers blocked");
        });
  }

  /** SIGTERM; answers the exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException(
          "the node did not stop within a minute of SIGTERM:\n" + output());
    }
    return process.exitValue();
  }

  /** Waits until it has ended by itself, and answers its exit code. */
  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the node did not end by itself within 60 s:\n" + output());
    }
    return process.exitValue();
  }

  /** SIGKILL, as a crash of the process is; answers when it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        kill();
      }
      if (ownsData) {
        ownsData = false;
        Folders.delete(data);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
