package io.serai.bench;

import java.math.BigDecimal;
import picocli.CommandLine.Option;

/** How long a measurement warms up, and how long it counts. */
final class PeriodOptions {
  @Option(
      names = "--warm",
      paramLabel = "S",
      defaultValue = "8",
      description = "Seconds before figures count (default: 8; a JVM needs them).")
  private double warmSeconds = 8;

  /** Decimal, because the help shows the command's default as it was given. */
  @Option(
      names = "--secs",
      paramLabel = "S",
      description = "Seconds measured (default: ${DEFAULT-VALUE}).")
  private BigDecimal seconds;

  /** For a command that measures for so long when nobody says otherwise. */
  PeriodOptions(int defaultSeconds) {
    seconds = BigDecimal.valueOf(defaultSeconds);
  }

  double warmSeconds() {
    return warmSeconds;
  }

  double seconds() {
    return seconds.doubleValue();
  }
}
