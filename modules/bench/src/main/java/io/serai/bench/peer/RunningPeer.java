package io.serai.bench.peer;

import io.serai.bench.load.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A started broker. Closing it ends its processes and deletes its data; so does Ctrl-C. */
public final class RunningPeer implements AutoCloseable {
  private static final long STOP_SECONDS = 15;

  private static final int TAIL_LINES = 15;

  private final Target target;
  private final Path folder;
  private final Path output;
  private final List<Process> processes;
  private final Thread hook = new Thread(this::stop, "bench-stop");

  RunningPeer(Target target, Path folder, Path output, List<Process> processes) {
    this.target = target;
    this.folder = folder;
    this.output = output;
    this.processes = List.copyOf(processes);
    Runtime.getRuntime().addShutdownHook(hook);
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
    stop();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // the hook is running: this process ends
    }
  }

  private synchronized void stop() {
    for (Process process : processes.reversed()) {
      List<ProcessHandle> children = process.descendants().toList();
      List<ProcessHandle> family =
          Stream.concat(Stream.of(process.toHandle()), children.stream()).toList();
      family.forEach(ProcessHandle::destroy);
      if (!haveEnded(family)) {
        family.forEach(ProcessHandle::destroyForcibly);
        haveEnded(family);
      }
    }
    delete();
  }

  private static boolean haveEnded(List<ProcessHandle> family) {
    CompletableFuture<?>[] ends =
        family.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(ends).get(STOP_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void delete() {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("serai bench: " + folder + " could not be deleted: " + e.getMessage());
    }
  }
}
