package io.serai.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import java.util.List;

/**
 * Reads {@code --set key=value}. A value that starts with a brace, a bracket or a quote is HOCON,
 * {@code null} takes a default away, and everything else is plain text, so that a password may hold
 * any character.
 */
final class Overrides {
  private static final Place PLACE = new Place(Place.COMMAND_LINE, 0);

  private Overrides() {}

  static Config read(List<String> settings, Problems problems) {
    Config all = ConfigFactory.empty(Place.COMMAND_LINE);
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (equals <= 0) {
        problems.error(
            PLACE,
            "",
            "expected key=value, found no key",
            "for example --set listeners.mqtt.port=0");
        continue;
      }
      String key = setting.substring(0, equals).strip();
      try {
        all = parse(key, setting.substring(equals + 1)).withFallback(all);
      } catch (ConfigException e) {
        problems.error( // without the library's words, which may repeat a password
            PLACE,
            key,
            "cannot be read",
            "a key is written like vhosts.\"/\".queues.q.durable, a value that starts with {, [ or"
                + " a quote is HOCON");
      }
    }
    return all;
  }

  private static Config parse(String key, String text) {
    String path = ConfigUtil.joinPath(ConfigUtil.splitPath(key));
    ConfigParseOptions options =
        ConfigParseOptions.defaults().setOriginDescription(Place.COMMAND_LINE);
    return ConfigFactory.parseString(path + " = " + hocon(text), options);
  }

  private static String hocon(String text) {
    String stripped = text.strip();
    boolean isHocon =
        stripped.startsWith("{")
            || stripped.startsWith("[")
            || stripped.startsWith("\"")
            || stripped.equals("null");
    return isHocon ? stripped : ConfigUtil.quoteString(text);
  }
}
