package io.serai.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /**
   * What is in force once {@code newer} was taken over: its routing, users and TLS with the rest as
   * it is, which waits for a restart.
   */
  public Configuration reloaded(Configuration newer) {
    List<Setting> mixed = new ArrayList<>(fixed(settings).values());
    newer.settings.stream().filter(it -> it.entry().isReloadable()).forEach(mixed::add);
    mixed.sort(Comparator.comparing(Setting::key));
    return new Configuration(server.withLiveOf(newer.server), newer.routing, mixed);
  }

  /**
   * Where a block stands, {@code file:line key}, by the first of its values; empty when it has
   * none.
   *
   * @param path the names from the top down to the block
   */
  public Optional<String> placeOf(String... path) {
    KeyPath key = KeyPath.ROOT;
    for (String step : path) {
      key = key.then(step);
    }
    String block = key.toString();
    return settings.stream()
        .filter(setting -> setting.key().startsWith(block + "."))
        .map(Setting::place)
        .min(Comparator.naturalOrder())
        .map(place -> place + " " + block);
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
