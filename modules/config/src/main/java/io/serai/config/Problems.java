package io.serai.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects every error and warning of one load, so that the operator sees them all at once. */
final class Problems {
  private final Path workingFolder;
  private final List<ConfigError> errors = new ArrayList<>();
  private final List<ConfigError> warnings = new ArrayList<>();

  Problems(Path workingFolder) {
    this.workingFolder = workingFolder;
  }

  void error(Place place, String key, String message, String hint) {
    add(errors, place, key, message, hint);
  }

  void warn(Place place, String key, String message, String hint) {
    add(warnings, place, key, message, hint);
  }

  /** Every error, in the order of files and lines. */
  List<ConfigError> errors() {
    return sorted(errors);
  }

  List<ConfigError> warnings() {
    return sorted(warnings);
  }

  /** How a source is shown: file names inside the working folder are cut to the rest. */
  String shown(String source) {
    if (source.startsWith("/") || source.contains(":\\")) {
      Path file = Path.of(source);
      return file.startsWith(workingFolder) && !file.equals(workingFolder)
          ? workingFolder.relativize(file).toString()
          : source;
    }
    return source;
  }

  private void add(List<ConfigError> to, Place place, String key, String message, String hint) {
    var problem = new ConfigError(shown(place.source()), place.line(), key, message, hint);
    if (!to.contains(problem)) {
      to.add(problem);
    }
  }

  private static List<ConfigError> sorted(List<ConfigError> problems) {
    return problems.stream()
        .sorted(Comparator.comparing(ConfigError::file).thenComparingInt(ConfigError::line))
        .toList();
  }
}
