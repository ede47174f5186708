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

  private final ConcurrentHashMap<Named, TopicConfig> byId = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Named, TopicConfig> byName = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Named, TopicConfig> byData = new ConcurrentHashMap<>();

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
    ofName(config.vhost(), config.name(), nowMillis); // lets go of one that is over
    ofData(config.vhost(), config.data(), nowMillis);
    if (byName.putIfAbsent(name(config), config) != null) {
      throw RequestException.badRequest("topic-name '" + config.name() + "' is in use");
    }
    if (byData.putIfAbsent(data(config), config) != null) {
      byName.remove(name(config), config);
      throw RequestException.badRequest("another topic has the topic-data " + config.data());
    }
    config.subscribers().obey(config);
    byId.put(id(config), config);
  }

  /** Puts a changed configuration in the place of the one it was made from. */
  void replace(TopicConfig config) {
    config.subscribers().obey(config);
    byName.put(name(config), config);
    byData.put(data(config), config);
    byId.put(id(config), config);
  }

  void remove(TopicConfig config) {
    byId.remove(id(config));
    byName.remove(name(config));
    byData.remove(data(config));
  }

  @Nullable TopicConfig ofId(String vhost, String id, long nowMillis) {
    return live(byId.get(new Named(vhost, id)), nowMillis);
  }

  private @Nullable TopicConfig ofName(String vhost, String name, long nowMillis) {
    return live(byName.get(new Named(vhost, name)), nowMillis);
  }

  /** The topic whose data resource this is; null for topics that were just published to. */
  @Nullable TopicConfig ofData(String vhost, Topic data, long nowMillis) {
    return byData.isEmpty() ? null : live(byData.get(new Named(vhost, data)), nowMillis);
  }

  private @Nullable TopicConfig live(@Nullable TopicConfig config, long nowMillis) {
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
