package io.serai.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The configuration texts inside the jar. They equal the files of {@code conf/} in the source tree
 * (a test compares them), so a node without any file behaves like one with the files as shipped.
 */
public enum BuiltIn {
  /** Listeners, limits and users; includes {@link #ROUTING}. */
  SERVER("serai.conf"),
  /** Exchanges, queues, bindings and rules: none but what every vhost has. */
  ROUTING("routing.conf"),
  /** The rule, exchange and queue that {@code serai demo} adds. */
  DEMO("demo.conf");

  private final String fileName;

  BuiltIn(String fileName) {
    this.fileName = fileName;
  }

  /** Its name in {@code conf/}. */
  public String fileName() {
    return fileName;
  }

  /** The text, as shipped. */
  public String text() {
    try (InputStream in = BuiltIn.class.getResourceAsStream(fileName)) {
      if (in == null) {
        throw new IllegalStateException(fileName + " is missing from the config module's jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Source source() {
    return new Source(Place.BUILT_IN + fileName, null, text());
  }
}
