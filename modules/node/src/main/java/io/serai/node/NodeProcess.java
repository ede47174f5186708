package io.serai.node;

import io.serai.config.ConfigError;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigResult;
import io.serai.config.LoadRequest;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * A node as a process: prints the banner, obeys signals and answers with an exit code. SIGTERM and
 * SIGINT drain and stop, a second one stops at once; SIGHUP reloads the configuration.
 */
public final class NodeProcess {
  /**
   * Signals so close together are one: timeout(1) sends its own to the process and to its group.
   */
  private static final long SAME_SIGNAL_NANOS = 200_000_000;

  /** A node whose disk fails has this long to close what it can. */
  private static final long FAILED_STOP_MILLIS = 5_000;

  private static final int OK = 0;
  private static final int PROBLEM = 1;

  private final LoadRequest request;
  private final PrintStream out;
  private final PrintStream err;
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();
  private boolean isStopAsked;
  private long stopAskedNanos;
  private @Nullable Node node;

  /** A process that loads {@code request} and speaks on stdout and stderr. */
  public NodeProcess(LoadRequest request) {
    this(request, System.out, System.err);
  }

  NodeProcess(LoadRequest request, PrintStream out, PrintStream err) {
    this.request = request;
    this.out = out;
    this.err = err;
  }

  /**
   * Runs the node until it is stopped.
   *
   * @param onReady runs on this thread once READY has been printed
   * @return 0 after a stop that was asked for, 1 when it could not start or its disk failed
   */
  public int run(Consumer<Node> onReady) {
    Installed installed = Installed.find();
    ConfigLoader loader = installed.loader();
    return switch (loader.load(request)) {
      case ConfigResult.Invalid invalid ->
          refuse(invalid.errors().stream().map(ConfigError::toString).toList());
      case ConfigResult.Valid valid -> {
        List<String> problems = Certificates.problems(valid.config());
        yield problems.isEmpty() ? run(valid, installed, loader, onReady) : refuse(problems);
      }
    };
  }

  private int refuse(List<String> problems) {
    problems.forEach(err::println);
    err.printf(
        "serai: nothing was started: %d problem%s in the configuration%n",
        problems.size(), problems.size() == 1 ? "" : "s");
    return PROBLEM;
  }

  private int run(
      ConfigResult.Valid valid, Installed installed, ConfigLoader loader, Consumer<Node> onReady) {
    Path file = request.file() == null ? null : request.workingFolder().resolve(request.file());
    LogSetup.apply(valid.config().server().log(), file);
    Logger log = LoggerFactory.getLogger(NodeProcess.class); // not before the log is set up
    for (ConfigError warning : valid.warnings()) {
      log.atWarn().addKeyValue("at", warning).log("configuration warning");
    }
    handle("TERM", this::stop);
    handle("INT", this::stop);
    Node started;
    try {
      started = Node.start(valid.config(), installed);
    } catch (StartFailure e) {
      err.println("serai: " + e.getMessage());
      return PROBLEM;
    }
    try (Reloader reloader = new Reloader(started, loader, request, valid)) {
      handle("HUP", () -> reloader.request("SIGHUP"));
      reloader.start();
      Banner banner = new Banner(started, file);
      banner.lines().forEach(out::println);
      out.println(banner.readyLine());
      out.flush();
      started(started);
      onReady.accept(started);
      return ended.join();
    }
  }

  private synchronized void started(Node running) {
    node = running;
    running
        .failure()
        .thenAccept(cause ->
            Thread.ofPlatform().name("serai-failure").daemon().start(() -> fail(running, cause)));
    if (isStopAsked) {
      Thread.ofPlatform().name("serai-stop").start(() -> drain(running));
    }
  }

  /** The journal failed: nothing that would be said from now on is kept. */
  private void fail(Node running, Throwable cause) {
    err.printf(
        "serai: stopped: writing to the data folder failed (%s). What was confirmed is safe; check"
            + " the disk, then start again.%n",
        cause.getMessage());
    Thread.ofPlatform().name("serai-halt").daemon().start(NodeProcess::haltSoon);
    try {
      running.abort();
    } catch (RuntimeException e) {
      LoggerFactory.getLogger(NodeProcess.class).error("stop failed", e);
    }
    ended.complete(PROBLEM);
  }

  private static void haltSoon() {
    try {
      Thread.sleep(FAILED_STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(PROBLEM);
  }

  /** On a signal thread: the first call drains, the second ends the process. */
  private void stop() {
    Node running;
    synchronized (this) {
      if (isStopAsked) {
        if (System.nanoTime() - stopAskedNanos < SAME_SIGNAL_NANOS) {
          return;
        }
        err.println("serai: stopped at once, clients were not told");
        Runtime.getRuntime().halt(PROBLEM);
      }
      isStopAsked = true;
      stopAskedNanos = System.nanoTime();
      running = node;
    }
    if (running != null) {
      drain(running);
    }
  }

  private void drain(Node running) {
    try {
      running.stop();
      ended.complete(OK);
    } catch (RuntimeException e) {
      LoggerFactory.getLogger(NodeProcess.class).error("stop failed", e);
      ended.complete(PROBLEM);
    }
  }

  private static void handle(String signal, Runnable action) {
    try {
      Signal.handle(new Signal(signal), _ -> action.run());
    } catch (IllegalArgumentException e) {
      // The JVM was told to leave it alone (-Xrs) or the system has no such signal.
      LoggerFactory.getLogger(NodeProcess.class)
          .atWarn()
          .addKeyValue("signal", "SIG" + signal)
          .addKeyValue("reason", e.getMessage())
          .log("signal not available");
    }
  }
}
