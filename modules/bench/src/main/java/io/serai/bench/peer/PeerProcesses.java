package io.serai.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The processes of one peer and the folder they live in. They end and it is deleted when this is
 * stopped, and also when the tool itself is told to stop, even in the middle of the peer's start.
 */
final class PeerProcesses {
  private static final long STOP_SECONDS = 15;

  private final Path folder;
  private final List<Process> processes = new CopyOnWriteArrayList<>();
  private final Thread hook = new Thread(this::end, "bench-stop");

  PeerProcesses(Path folder) {
    this.folder = folder;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  void add(Process process) {
    processes.add(process);
  }

  Process last() {
    return processes.getLast();
  }

  void stop() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // the hook is running: this process ends
    }
  }

  private synchronized void end() {
    for (Process process : processes.reversed()) {
      // Once the parent has ended nobody knows its children any more: ask first.
      List<ProcessHandle> family =
          Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
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
