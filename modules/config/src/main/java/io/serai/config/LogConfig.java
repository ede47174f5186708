package io.serai.config;

/** What is logged and how. */
public record LogConfig(Level level, Format format) {

  /** The least severe level that is written. */
  public enum Level {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  /** {@code AUTO} is text on a terminal and JSON lines otherwise. */
  public enum Format {
    AUTO,
    TEXT,
    JSON
  }
}
