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

  private final Target target;
  private final Path folder;
  private final List<Process> processes;
  private final Thread hook = new Thread(this::stop, "bench-stop");

  RunningPeer(Target target, Path folder, List<Process> processes) {
    this.target = target;
    this.folder = folder;
    this.processes = List.copyOf(processes);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Its ports and its process. */
  public Target target() {
    return target;
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
