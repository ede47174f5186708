package io.serai.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Loads for tests: no variables of the machine, and a failure that names the problems. */
final class Load {
  static final LoadRequest DEFAULTS =
      new LoadRequest(null, false, List.of(), Map.of(), Path.of("/work-folder"));

  static final ConfigLoader LOADER =
      new ConfigLoader(Catalogue.standard(), Vocabulary.standard().withCore(new SampleCore()));

  private Load() {}

  static ConfigResult.Valid validResult(LoadRequest request) {
    return switch (LOADER.load(request)) {
      case ConfigResult.Valid valid -> valid;
      case ConfigResult.Invalid invalid ->
          throw new AssertionError("not valid:\n" + invalid.errors());
    };
  }

  static Configuration valid(LoadRequest request) {
    return validResult(request).config();
  }

  static List<ConfigError> errors(LoadRequest request) {
    return switch (LOADER.load(request)) {
      case ConfigResult.Valid _ -> List.of();
      case ConfigResult.Invalid invalid -> invalid.errors();
    };
  }

  static ListenerConfig listener(Configuration config, String name) {
    return config.server().listeners().stream()
        .filter(listener -> listener.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no listener " + name));
  }
}
