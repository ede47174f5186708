package io.serai.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program as a process of its own, on the class path of the tests. */
final class SeraiProcess implements AutoCloseable {
  private static final int LIMIT_SECONDS = 60;

  private final Path out;
  private final Path err;
  private final Process process;

  private SeraiProcess(Path out, Path err, Process process) {
    this.out = out;
    this.err = err;
    this.process = process;
  }

  /** Runs {@code serai ARGS...}; {@code folder} gets its output. */
  static SeraiProcess run(Path folder, Map<String, String> environment, String... args)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "io.serai.cli.Serai"));
    command.addAll(List.of(args));
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    // A JVM tells of options from the environment on stderr, where the tests look.
    builder.environment().keySet().removeIf(name -> name.matches("SERAI_.*|.*JAVA.*_OPTIONS"));
    builder.environment().putAll(environment);
    return new SeraiProcess(out, err, builder.start());
  }

  /** Starts a node on free ports and waits for its READY line. */
  static SeraiProcess node(Path folder, String command, String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of(command, "--data", folder + "/data"));
    all.addAll(List.of(args));
    Map<String, String> freePorts =
        Map.of(
            "SERAI_AMQP",
            "0",
            "SERAI_MQTT",
            "0",
            "SERAI_STOMP",
            "0",
            "SERAI_COAP",
            "0",
            "SERAI_HTTP",
            "0");
    SeraiProcess node = run(folder, freePorts, all.toArray(String[]::new));
    node.awaitOut("(?m)^READY ");
    return node;
  }

  /** Waits until stdout has a match. */
  Matcher awaitOut(String pattern) throws Exception {
    return await(out, pattern);
  }

  /** Waits until stderr has a match. */
  Matcher awaitErr(String pattern) throws Exception {
    return await(err, pattern);
  }

  private Matcher await(Path file, String pattern) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (true) {
      Matcher found = Pattern.compile(pattern).matcher(wholeLines(file));
      if (found.find()) {
        return found;
      }
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new AssertionError(
            "no " + pattern + "; alive: " + process.isAlive() + "\n" + out() + "\n" + err());
      }
      Thread.sleep(20);
    }
  }

  /** The port in the READY line. */
  int port(String listener) throws Exception {
    return Integer.parseInt(awaitOut("(?m)^READY.* " + listener + "=(\\d+)").group(1));
  }

  void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running after " + LIMIT_SECONDS + " s");
    }
    return process.exitValue();
  }

  String out() throws IOException {
    return wholeLines(out);
  }

  String err() throws IOException {
    return wholeLines(err);
  }

  /** What was printed, without a line that is just being written. */
  private static String wholeLines(Path file) throws IOException {
    String text = Files.readString(file);
    return text.substring(0, text.lastIndexOf('\n') + 1);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
