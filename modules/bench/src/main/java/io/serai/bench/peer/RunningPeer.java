package io.serai.bench.peer;

import io.serai.bench.load.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A started broker. Closing it ends its processes and deletes its data; so does Ctrl-C. */
public final class RunningPeer implements AutoCloseable {
  private static final int TAIL_LINES = 15;

  private final Target target;
  private final Path output;
  private final PeerProcesses processes;

  RunningPeer(Target target, Path output, PeerProcesses processes) {
    this.target = target;
    this.output = output;
    this.processes = processes;
  }

  /** Its ports and its process. */
  public Target target() {
    return target;
  }

  /** The end of what it printed, for when something went wrong; before it is closed. */
  public String lastWords() {
    return tail(output);
  }

  static String tail(Path output) {
    List<String> lines = List.of();
    try {
      lines = Files.exists(output) ? Files.readAllLines(output) : lines;
    } catch (IOException e) {
      return "its output cannot be read: " + e.getMessage();
    }
    List<String> last = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
    return last.isEmpty() ? "it printed nothing" : "it printed:\n  " + String.join("\n  ", last);
  }

  @Override
  public void close() {
    processes.stop();
  }
}
