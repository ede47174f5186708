package io.serai.gateway.coap.resource;

import io.serai.gateway.coap.CoapCode;
import io.serai.model.Topic;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The topics made through {@code /topics}, of all vhosts. They last as long as the node; the values
 * published to them outlive it as any retained value does. At most {@link #MAX_TOPICS}.
 */
final class TopicCollection {
  static final int MAX_TOPICS = 10_000;

  private record Named(String vhost, Object what) {}

  /** The one place of each configuration, so that a change of it is one step. */
  private final ConcurrentHashMap<Named, TopicConfig> byId = new ConcurrentHashMap<>();

  /** Ids by what never changes of a topic. */
  private final ConcurrentHashMap<Named, String> byName = new ConcurrentHashMap<>();

  private final ConcurrentHashMap<Named, String> byData = new ConcurrentHashMap<>();

  /**
   * Adds a topic.
   *
   * @throws RequestException 4.00 when its name or its data resource is another one's
   */
  void add(TopicConfig config, long nowMillis) {
    if (byId.size() >= MAX_TOPICS) {
      byId.values().stream().filter(old -> old.isOver(nowMillis)).forEach(this::remove);
      if (byId.size() >= MAX_TOPICS) {
        throw new RequestException(
            CoapCode.SERVICE_UNAVAILABLE, "there are " + MAX_TOPICS + " topics already");
      }
    }
    of(byName.get(name(config)), config.vhost(), nowMillis); // lets go of one that is over
    of(byData.get(data(config)), config.vhost(), nowMillis);
    if (byName.putIfAbsent(name(config), config.id()) != null) {
      throw RequestException.badRequest("topic-name '" + config.name() + "' is in use");
    }
    if (byData.putIfAbsent(data(config), config.id()) != null) {
      byName.remove(name(config), config.id());
      throw RequestException.badRequest("another topic has the topic-data " + config.data());
    }
    config.subscribers().obey(config);
    byId.put(id(config), config);
  }

  /**
   * Puts a changed configuration in the place of the one it was made from.
   *
   * @return false when that was changed or deleted meanwhile
   */
  boolean replace(TopicConfig from, TopicConfig to) {
    if (!byId.replace(id(from), from, to)) {
      return false;
    }
    to.subscribers().obey(to);
    return true;
  }

  /** Takes a topic away, whatever its configuration is now. */
  void remove(TopicConfig config) {
    if (byId.remove(id(config)) != null) {
      byName.remove(name(config), config.id());
      byData.remove(data(config), config.id());
    }
  }

  @Nullable TopicConfig ofId(String vhost, String id, long nowMillis) {
    return of(id, vhost, nowMillis);
  }

  /** The topic whose data resource this is; null for topics that were just published to. */
  @Nullable TopicConfig ofData(String vhost, Topic data, long nowMillis) {
    return byData.isEmpty() ? null : of(byData.get(new Named(vhost, data)), vhost, nowMillis);
  }

  private @Nullable TopicConfig of(@Nullable String id, String vhost, long nowMillis) {
    TopicConfig config = id == null ? null : byId.get(new Named(vhost, id));
    if (config != null && config.isOver(nowMillis)) {
      remove(config);
      return null;
    }
    return config;
  }

  /** The topics of a vhost, by name. */
  List<TopicConfig> all(String vhost, long nowMillis) {
    return byId.values().stream()
        .filter(config -> config.vhost().equals(vhost) && !config.isOver(nowMillis))
        .sorted(Comparator.comparing(TopicConfig::name))
        .toList();
  }

  private static Named id(TopicConfig config) {
    return new Named(config.vhost(), config.id());
  }

  private static Named name(TopicConfig config) {
    return new Named(config.vhost(), config.name());
  }

  private static Named data(TopicConfig config) {
    return new Named(config.vhost(), config.data());
  }
}
