package io.serai.node;

import io.serai.config.LogConfig;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Hands the configured level and form of the log to {@code logback.xml}. Call it before anything
 * asks for a logger.
 */
final class LogSetup {
  private static final String LOGBACK_FILE = "logback.configurationFile";
  private static final Path STDERR = Path.of("/proc/self/fd/2");

  private LogSetup() {}

  /**
   * @param configFile the main configuration file: a {@code logback.xml} beside it is used instead
   *     of the built-in one; null when there is none
   */
  static void apply(LogConfig log, @Nullable Path configFile) {
    System.setProperty("serai.log.level", log.level().name());
    System.setProperty("serai.log.format", format(log.format(), isTerminal()));
    Path beside = configFile == null ? null : configFile.resolveSibling("logback.xml");
    if (beside != null && System.getProperty(LOGBACK_FILE) == null && Files.isReadable(beside)) {
      System.setProperty(LOGBACK_FILE, beside.toString());
    }
  }

  static String format(LogConfig.Format wanted, boolean isTerminal) {
    LogConfig.Format format =
        switch (wanted) {
          case AUTO -> isTerminal ? LogConfig.Format.TEXT : LogConfig.Format.JSON;
          case TEXT, JSON -> wanted;
        };
    return format.name().toLowerCase(Locale.ROOT);
  }

  /** Whether somebody reads stderr as it comes. */
  @SuppressWarnings("SystemConsoleNull") // NullAway has not heard that it is never null any more
  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(STDERR).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.startsWith("/dev/console");
    } catch (IOException | UnsupportedOperationException _) {
      Console console = System.console(); // no /proc: macOS
      return console != null && console.isTerminal();
    }
  }
}
