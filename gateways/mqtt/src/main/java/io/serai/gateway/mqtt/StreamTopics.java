package io.serai.gateway.mqtt;

import io.serai.bus.StreamOffset;
import io.serai.bus.StreamRead;
import io.serai.gateway.mqtt.MqttProperties.Pair;
import io.serai.gateway.mqtt.MqttProperties.Property;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Streams as MQTT reads them: the filter {@code $stream/<name>} reads the stream of that name,
 * {@code $stream/<name>/<offset>} from there on. User properties of SUBSCRIBE say more, by the
 * names of AMQP's arguments. A name that holds a slash or a wildcard is percent-encoded.
 */
final class StreamTopics {
  private static final String PREFIX = "$stream/";
  private static final String OFFSET = "x-stream-offset";
  private static final String FILTER = "x-stream-filter";
  private static final String MATCH_UNFILTERED = "x-stream-match-unfiltered";
  private static final String NAME = "x-stream-consumer-name";
  private static final String SINGLE_ACTIVE = "x-single-active-consumer";

  private StreamTopics() {}

  /** Whether {@code filter} reads a stream. */
  static boolean isStream(String filter) {
    return filter.startsWith(PREFIX);
  }

  /** What is wrong with a filter that reads a stream and the properties beside it, or null. */
  static @Nullable String problem(String filter, MqttProperties asked) {
    Topic topic = topic(filter);
    if (topic.levelCount() == 0
        || topic.levelCount() > 2
        || topic.level(0).isEmpty()
        || !TopicRules.isValidName(filter)) {
      return "expected $stream/<name> or $stream/<name>/<offset>";
    }
    String offset = offset(topic, asked);
    return offset != null && StreamOffset.parse(offset) == null
        ? "'" + offset + "' is no offset: first, last, next, a number, timestamp=n or a time as 1h"
        : null;
  }

  /** The stream that a filter reads. */
  static String name(String filter) {
    return topic(filter).level(0);
  }

  private static Topic topic(String filter) {
    return Topic.of(filter.substring(PREFIX.length()), Spelling.SLASH);
  }

  private static @Nullable String offset(Topic topic, MqttProperties asked) {
    String inProperty = first(OFFSET, asked);
    return inProperty == null && topic.levelCount() > 1 ? topic.level(1) : inProperty;
  }

  /**
   * How a filter without a {@link #problem} reads its stream.
   *
   * @param asked the properties of its SUBSCRIBE
   * @param session under which the place of a session is kept that outlives its connection; empty
   *     where it is not
   * @param otherwise where it begins when neither says
   */
  static StreamRead read(
      String filter, MqttProperties asked, String session, StreamOffset otherwise) {
    String offset = offset(topic(filter), asked);
    StreamOffset from = offset == null ? null : StreamOffset.parse(offset);
    Set<String> values = new HashSet<>();
    for (Property property : asked.list()) {
      if (property instanceof Pair(String name, String value) && name.equals(FILTER)) {
        values.add(value);
      }
    }
    String named = first(NAME, asked);
    String name = session.isEmpty() && named != null ? named : session;
    return new StreamRead(
        from == null ? otherwise : from,
        Set.copyOf(values),
        values.isEmpty() || "true".equals(first(MATCH_UNFILTERED, asked)),
        StreamRead.BOUNDED,
        name,
        !name.isEmpty() && session.isEmpty() && "true".equals(first(SINGLE_ACTIVE, asked)));
  }

  private static @Nullable String first(String name, MqttProperties asked) {
    for (Property property : asked.list()) {
      if (property instanceof Pair(String key, String value) && key.equals(name)) {
        return value;
      }
    }
    return null;
  }
}
