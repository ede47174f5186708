package io.serai.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every key there is, with its type, unit, default and meaning. The one source for the strict pass,
 * the reference page and {@code serai config explain}.
 *
 * @param topics in the order of the reference page
 */
public record Catalogue(List<Topic> topics) {

  /**
   * Keys that belong together.
   *
   * @param intro what to know before the table of keys
   */
  public record Topic(String title, String intro, List<Key<?>> keys) {
    public Topic {
      keys = List.copyOf(keys);
    }
  }

  public Catalogue {
    topics = List.copyOf(topics);
  }

  /** The keys of this module. */
  public static Catalogue standard() {
    return new Catalogue(
        Stream.of(ServerKeys.TOPICS, ListenerKeys.TOPICS, RoutingKeys.TOPICS, PolicyKeys.TOPICS)
            .flatMap(List::stream)
            .toList());
  }

  /** This catalogue with the keys of a protocol or extension that is not part of the tree. */
  public Catalogue with(Topic more) {
    List<Topic> longer = new ArrayList<>(topics);
    longer.add(more);
    return new Catalogue(longer);
  }

  /** All keys, in the order of the reference page. */
  public List<Key<?>> keys() {
    List<Key<?>> keys = new ArrayList<>();
    topics.forEach(topic -> keys.addAll(topic.keys()));
    return keys;
  }

  /** The entry of a full key such as {@code listeners.mqtt.port}. */
  public Optional<Key<?>> find(String fullKey) {
    Schema place = Schema.of(this);
    List<String> steps;
    try {
      steps = ConfigUtil.splitPath(fullKey.replaceAll("\\[\\d*]", ".\"[]\""));
    } catch (ConfigException e) {
      return Optional.empty(); // not a key at all
    }
    for (String step : steps) {
      Schema next = step.equals("[]") ? place.element() : place.member(step);
      if (next == null) {
        return Optional.empty();
      }
      place = next;
    }
    return Optional.ofNullable(place.key());
  }
}
