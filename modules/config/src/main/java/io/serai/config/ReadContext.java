package io.serai.config;

import com.typesafe.config.ConfigValue;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What reading values needs beside the values; lives for one load, used by one thread. */
final class ReadContext {
  private final Path workingFolder;
  private final Map<Key<?>, Object> defaults = new IdentityHashMap<>();
  private final Map<Path, String> named = new LinkedHashMap<>();

  /** {@code workingFolder} is absolute: relative names from outside any file start there. */
  ReadContext(Path workingFolder) {
    this.workingFolder = workingFolder;
  }

  Path workingFolder() {
    return workingFolder;
  }

  /** The folder that relative file names in {@code value} start from: that of its own file. */
  Path folderOf(ConfigValue value) {
    Place place = Place.of(value.origin());
    if (place.line() == 0 || place.isBuiltIn()) {
      return workingFolder;
    }
    Path parent = Path.of(place.source()).getParent();
    return parent == null ? workingFolder : parent;
  }

  /**
   * A value names this file: what stands in it belongs to the configuration. Call before reading
   * it, so that a change meanwhile is noticed.
   */
  void name(Path file) {
    named.computeIfAbsent(file, FileStamps::digestOf);
  }

  /** The files that values name, such as certificates and password files. */
  FileStamps named() {
    return new FileStamps(named);
  }

  /** The default of {@code key}, null when it has none; read once per load. */
  @SuppressWarnings("unchecked") // the value was made by the key's own type
  <T> @Nullable T defaultOf(Key<T> key) {
    if (key.fallback() == null) {
      return null;
    }
    return (T) defaults.computeIfAbsent(key, _ -> key.readFallback(this));
  }
}
