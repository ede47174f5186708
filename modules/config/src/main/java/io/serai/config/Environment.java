package io.serai.config;

import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers {@code ${NAME}} from environment variables, and remembers in its place which one. */
record Environment(Map<String, String> variables) implements ConfigResolver {
  @Override
  public @Nullable ConfigValue lookup(String path) {
    String value = variables.get(path);
    return value == null
        ? null
        : ConfigValueFactory.fromAnyRef(value, "environment variable " + path);
  }

  @Override
  public ConfigResolver withFallback(ConfigResolver fallback) {
    return this;
  }
}
