package io.serai.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One configuration text, read once so that parsing, outline and change detection see the same.
 *
 * @param name what places call it: the absolute file name or {@code built-in NAME}
 * @param file where it lies, null for the texts inside the jar
 * @param outline what the HOCON library does not tell about it
 */
record Source(String name, @Nullable Path file, String text, HoconOutline outline) {
  Source(String name, @Nullable Path file, String text) {
    this(name, file, text, HoconOutline.of(text));
  }

  /** The text of a line, 1 for the first; empty when there is no such line. */
  String line(int number) {
    return text.lines().skip(Math.max(0, number - 1L)).findFirst().orElse("");
  }
}
