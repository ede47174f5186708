package io.serai.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A valid configuration.
 *
 * @param settings every value that was written somewhere and by whom, in the order of keys
 */
public record Configuration(ServerConfig server, RoutingConfig routing, List<Setting> settings) {
  public Configuration {
    settings = List.copyOf(settings);
  }

  /**
   * What a reload to {@code newer} would leave as it is: one line per changed key that takes effect
   * only at the next start.
   */
  public List<String> restartNeeded(Configuration newer) {
    Map<String, Setting> before = fixed(settings);
    Map<String, Setting> after = fixed(newer.settings);
    TreeSet<String> keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    List<String> lines = new ArrayList<>();
    for (String key : keys) {
      Setting was = before.get(key);
      Setting is = after.get(key);
      if (was == null || is == null || !was.value().equals(is.value())) {
        lines.add(key + ": " + shown(was) + " -> " + shown(is));
      }
    }
    return lines;
  }

  private static String shown(@Nullable Setting setting) {
    return setting == null ? "(default)" : setting.shown();
  }

  private static Map<String, Setting> fixed(List<Setting> settings) {
    return settings.stream()
        .filter(setting -> !setting.entry().isReloadable())
        .collect(Collectors.toMap(Setting::key, Function.identity()));
  }
}
