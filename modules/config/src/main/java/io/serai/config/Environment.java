package io.serai.config;

import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers {@code ${NAME}} from environment variables, and remembers in its place which one. */
record Environment(Map<String, String> variables) implements ConfigResolver {

  /**
   * Second ports of a protocol and the variable of its first one. Whoever moves the first port has
   * another node on the machine or wants none of the known ports: the second then takes a free one
   * unless its own variable names it.
   */
  private static final Map<String, String> SECOND_PORTS =
      Map.of(
          "SERAI_MQTT_WS", "SERAI_MQTT",
          "SERAI_STOMP_WS", "SERAI_STOMP",
          "SERAI_WAMP_RAW", "SERAI_WAMP");

  private static final String FREE_PORT = "0";

  @Override
  public @Nullable ConfigValue lookup(String path) {
    String value = variables.get(path);
    if (value != null) {
      return from(value, path);
    }
    String first = SECOND_PORTS.get(path);
    return first != null && variables.containsKey(first) ? from(FREE_PORT, first) : null;
  }

  private static ConfigValue from(String value, String variable) {
    return ConfigValueFactory.fromAnyRef(value, "environment variable " + variable);
  }

  @Override
  public ConfigResolver withFallback(ConfigResolver fallback) {
    return this;
  }
}
