package io.serai.node;

import io.serai.config.ConfigError;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigResult;
import io.serai.config.ConfigWatcher;
import io.serai.config.Configuration;
import io.serai.config.LoadRequest;
import io.serai.config.RoutingConfigDiff;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over changes of the configuration while the node runs: when a file changes and when asked
 * to. A change is swapped in as a whole or refused as a whole. Works on a thread of its own.
 */
final class Reloader implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Reloader.class);
  private static final long POLL_INTERVAL_MILLIS = 500;

  /** Changes or problems logged one by one; the line that follows has their number. */
  private static final int MAX_LINES = 100;

  private final Node node;
  private final ConfigLoader loader;
  private final LoadRequest request;
  private final ConfigWatcher watcher;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("serai-config").daemon().factory());

  /**
   * @param request what to load again
   * @param loaded what the node runs with, from the same request
   */
  Reloader(Node node, ConfigLoader loader, LoadRequest request, ConfigResult loaded) {
    this.node = node;
    this.loader = loader;
    this.request = request;
    this.watcher = new ConfigWatcher(loaded.files());
  }

  /** Starts to watch the files. */
  void start() {
    var _ =
        thread.scheduleWithFixedDelay(
            this::poll, POLL_INTERVAL_MILLIS, POLL_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Reloads soon, whether a file has changed or not. */
  void request(String cause) {
    thread.execute(() -> guarded(() -> reload(cause)));
  }

  private void poll() {
    guarded(() -> {
      List<Path> changed = watcher.poll();
      if (!changed.isEmpty()) {
        reload("changed " + changed);
      }
    });
  }

  /** A failure must not end the watching. */
  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) { // the executor would keep either to itself
      log.error("configuration reload failed; the old one stays", e);
    }
  }

  private void reload(String cause) {
    ConfigResult result = loader.load(request);
    watcher.onLoaded(result.files());
    for (ConfigError warning : result.warnings()) {
      log.atWarn().addKeyValue("at", warning).log("configuration warning");
    }
    switch (result) {
      case ConfigResult.Invalid invalid ->
          refuse(cause, invalid.errors().stream().map(ConfigError::toString).toList());
      case ConfigResult.Valid valid -> take(cause, valid.config());
    }
  }

  private void refuse(String cause, List<String> problems) {
    problems.stream()
        .limit(MAX_LINES)
        .forEach(it -> log.atWarn().addKeyValue("problem", it).log("configuration refused"));
    log.atWarn()
        .addKeyValue("cause", cause)
        .addKeyValue("problems", problems.size())
        .addKeyValue("version", node.configVersion())
        .log("configuration kept as it was");
    node.configRefused(problems);
  }

  private void take(String cause, Configuration newer) {
    Configuration older = node.config();
    RoutingConfigDiff diff = RoutingConfigDiff.between(older.routing(), newer.routing());
    List<String> refused = node.apply(newer);
    if (!refused.isEmpty()) {
      refuse(cause, refused);
      return;
    }
    for (String line : older.restartNeeded(newer)) {
      log.atWarn().addKeyValue("change", line).log("configuration change waits for a restart");
    }
    List<String> changes = new ArrayList<>(UserChanges.lines(older.server(), newer.server()));
    changes.addAll(diff.lines());
    changes.stream()
        .limit(MAX_LINES)
        .forEach(it -> log.atInfo().addKeyValue("change", it).log("configuration changed"));
    log.atInfo()
        .addKeyValue("cause", cause)
        .addKeyValue("version", node.configVersion())
        .addKeyValue("changes", changes.size())
        .log("configuration reloaded");
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
