package io.serai.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Celery worker with the tasks of src/test/python/celery_tasks.py, in a process of its own. */
final class CeleryWorker implements AutoCloseable {
  private static final long READY_SECONDS = 120;

  private final String name;
  private final Process process;
  private final Path output;

  private CeleryWorker(String name, Process process, Path output) {
    this.name = name;
    this.process = process;
    this.output = output;
  }

  /**
   * Starts a worker and waits until it consumes.
   *
   * @param name its node name is {@code celery@name}
   * @param amqpPort where its broker is
   * @param environment what celery_tasks.py reads besides {@code AMQP}
   * @param arguments further arguments of {@code celery worker}
   */
  static CeleryWorker start(
      String name, int amqpPort, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("celery-" + name, ".log");
    List<String> command =
        new ArrayList<>(List.of(Scripts.PYTHON, "-B", "-m", "celery", "-A", "celery_tasks"));
    command.addAll(List.of("worker", "-n", "celery@" + name, "--loglevel", "DEBUG"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(Scripts.PYTHON_FOLDER.toFile());
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("AMQP", Integer.toString(amqpPort));
    builder.environment().putAll(environment);
    CeleryWorker worker = new CeleryWorker(name, builder.start(), output);
    if (!worker.prints("celery@" + name + " ready.", READY_SECONDS)) {
      String text = worker.output();
      worker.close();
      throw new IllegalStateException("the worker did not get ready:\n" + text);
    }
    return worker;
  }

  /** Everything it has printed. */
  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it has printed a text; false when it did not within that time, or has ended. */
  boolean prints(String text, long seconds) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (true) {
      boolean isAlive = process.isAlive();
      if (output().contains(text)) {
        return true;
      }
      if (!isAlive || System.nanoTime() > deadline) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** The id of its main process. */
  long pid() {
    return process.pid();
  }

  /** Waits until it has ended by itself; answers its exit code. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException(name + " still runs:\n" + output());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(60, TimeUnit.SECONDS);
      Files.deleteIfExists(output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
