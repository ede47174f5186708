package io.serai.routing.queue;

import io.serai.routing.queue.ArgumentReader.Invalid;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The arguments about waiting before a retry, while they are being read. */
final class RetryReading {
  static final String TYPE = "x-delayed-retry-type";
  static final String MIN = "x-delayed-retry-min";
  static final String MAX = "x-delayed-retry-max";
  static final String MULTIPLIER = "x-delayed-retry-multiplier";

  private static final String DISABLED = "disabled";

  /**
   * RabbitMQ's; those that tell returns that count from those that do not mean the same here, where
   * each counts.
   */
  private static final Set<String> TYPES = Set.of(DISABLED, "all", "failed", "returned");

  private @Nullable String type;
  private long minMillis = -1;
  private long maxMillis = RetrySchedule.MOST_MILLIS;
  private long multiplier;

  void take(ArgumentReader argument) throws Invalid {
    switch (argument.name()) {
      case TYPE -> {
        if (!TYPES.contains(argument.text())) {
          throw argument.wrong(
              "\"expected all, failed, returned or disabled, got '" + argument.text() + "'\"");
        }
        type = argument.text();
      }
      case MIN -> minMillis = argument.someMillis();
      case MAX -> maxMillis = Math.min(argument.someMillis(), RetrySchedule.MOST_MILLIS);
      default -> multiplier = argument.positive();
    }
  }

  /** The schedule; null when nothing asks for one. The first wait alone does, as in LavinMQ. */
  @Nullable RetrySchedule schedule() {
    if (type == null ? minMillis < 0 : type.equals(DISABLED)) {
      return null;
    }
    return new RetrySchedule(
        minMillis < 0 ? RetrySchedule.DEFAULT_MIN_MILLIS : minMillis, maxMillis, multiplier);
  }
}
