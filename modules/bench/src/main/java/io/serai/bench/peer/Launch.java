package io.serai.bench.peer;

import io.serai.bench.load.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The start of one peer: a folder for its data and output, and the processes in it. */
final class Launch {
  private static final long START_SECONDS = 90;

  private final String name;
  private final Path folder;
  private final Path output;
  private final PeerProcesses processes;

  Launch(String name) throws IOException {
    this.name = name;
    this.folder = Files.createTempDirectory("serai-bench-" + name);
    this.output = folder.resolve("output.log");
    this.processes = new PeerProcesses(folder);
  }

  /** Where the peer keeps what it likes; deleted when it stops. */
  Path folder() {
    return folder;
  }

  /** Writes a file the peer reads. */
  Path write(String file, String text) throws IOException {
    return Files.writeString(folder.resolve(file), text);
  }

  /** Everything printed so far. */
  String output() throws IOException {
    return Files.exists(output) ? Files.readString(output) : "";
  }

  /** Starts a process whose output is kept; further ones add to it. */
  Process run(List<String> command, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    Process process = builder.start();
    process.getOutputStream().close();
    processes.add(process);
    return process;
  }

  /**
   * Waits until a condition holds while the last process lives.
   *
   * @throws IOException when it ends first or the time is up; then everything is stopped
   */
  void await(String what, BooleanSupplier condition) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!condition.getAsBoolean()) {
      boolean isAlive = processes.last().isAlive();
      if (!isAlive || System.nanoTime() > deadline) {
        String why = isAlive ? "not after " + START_SECONDS + " s" : "it ended";
        String tail = RunningPeer.tail(output);
        processes.stop();
        throw new IOException(
            name + " did not start: waiting for " + what + ", " + why + "; " + tail);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** The peer, ready. */
  RunningPeer running(Target target) {
    return new RunningPeer(target, output, processes);
  }
}
