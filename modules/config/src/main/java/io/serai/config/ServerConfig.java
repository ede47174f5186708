package io.serai.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The node: all of the configuration but what it routes. Users, the anonymous user and TLS change
 * while the node runs, anything else at the next start.
 *
 * @param dataFolder absolute; created when missing
 * @param eventLoops 0 for one per core
 * @param listeners enabled ones whose protocol is in this build
 * @param notInstalled names of enabled listeners whose protocol is not in this build
 * @param users by name
 * @param anonymousUser who a client without login is; null when nobody is let in without
 * @param sysInterval how often the node publishes what it says of itself; zero for never
 * @param tellsOfClients whether it publishes that clients come and go
 * @param hasOpenMetrics whether /metrics answers without login
 */
public record ServerConfig(
    String nodeName,
    Path dataFolder,
    int eventLoops,
    List<ListenerConfig> listeners,
    List<String> notInstalled,
    Limits limits,
    Map<String, UserConfig> users,
    @Nullable String anonymousUser,
    Duration sysInterval,
    boolean tellsOfClients,
    boolean hasOpenMetrics,
    LogConfig log) {

  public ServerConfig {
    listeners = List.copyOf(listeners);
    notInstalled = List.copyOf(notInstalled);
    users = Map.copyOf(users);
  }

  /** This one with what {@code newer} changes while the node runs. */
  ServerConfig withLiveOf(ServerConfig newer) {
    Map<String, ListenerConfig> others = new HashMap<>();
    newer.listeners.forEach(listener -> others.put(listener.name(), listener));
    List<ListenerConfig> same = new ArrayList<>();
    for (ListenerConfig listener : listeners) {
      ListenerConfig other = others.get(listener.name());
      same.add(other == null ? listener : listener.withTlsOf(other));
    }
    return new ServerConfig(
        nodeName,
        dataFolder,
        eventLoops,
        same,
        notInstalled,
        limits,
        newer.users,
        newer.anonymousUser,
        sysInterval,
        tellsOfClients,
        hasOpenMetrics,
        log);
  }
}
