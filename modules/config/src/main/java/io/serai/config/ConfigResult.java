package io.serai.config;

import java.util.List;

/** What loading a configuration gives: all of it, or everything that is wrong with it. */
public sealed interface ConfigResult {

  /** Things that are allowed but probably not meant, in the order of files and lines. */
  List<ConfigError> warnings();

  /** The files that were read, or looked for, to watch for changes. */
  FileStamps files();

  /** The configuration can be used. */
  record Valid(Configuration config, List<ConfigError> warnings, FileStamps files)
      implements ConfigResult {
    public Valid {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * The configuration cannot be used, not even in part.
   *
   * @param errors at least one, in the order of files and lines
   */
  record Invalid(List<ConfigError> errors, List<ConfigError> warnings, FileStamps files)
      implements ConfigResult {
    public Invalid {
      errors = List.copyOf(errors);
      warnings = List.copyOf(warnings);
    }
  }
}
