package io.serai.gateway.coap.resource;

import io.serai.gateway.coap.CoapCode;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.List;

/**
 * The topic, or filter over topics, that the segments below {@code /ps} name. A segment is one
 * level whatever it holds; {@code +} as a whole segment is any one level, {@code #} as the last one
 * any number of them.
 *
 * @param filter as MQTT writes it
 */
record TopicPath(List<String> levels, boolean isWildcard, String filter) {
  private static final String SINGLE = "+";
  private static final String MULTI = "#";

  /** What the broker alone publishes below. */
  private static final String SYSTEM = "$SYS";

  /** As in MQTT: a topic is at most so long. */
  private static final int MAX_CHARS = 65_535 / 3;

  static TopicPath of(List<String> levels) {
    if (levels.isEmpty() || levels.size() == 1 && levels.getFirst().isEmpty()) {
      throw RequestException.badRequest("a topic is missing: its levels are segments below /ps");
    }
    StringBuilder filter = new StringBuilder();
    boolean isWildcard = false;
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      boolean isMulti = level.equals(MULTI);
      if (isMulti && i < levels.size() - 1) {
        throw RequestException.badRequest("# has to be the last segment");
      }
      if (level.indexOf('\0') >= 0) {
        throw RequestException.badRequest("a topic cannot hold U+0000");
      }
      filter.append(i == 0 ? "" : "/");
      if (isMulti || level.equals(SINGLE)) {
        isWildcard = true;
        filter.append(level);
      } else {
        filter.append(Topic.ofLevels(List.of(level), Spelling.SLASH).spelled(Spelling.SLASH));
      }
    }
    if (filter.length() > MAX_CHARS) {
      throw RequestException.badRequest("a topic has at most " + MAX_CHARS + " characters");
    }
    return new TopicPath(levels, isWildcard, filter.toString());
  }

  /** The topic. Only without wildcards. */
  Topic topic() {
    return Topic.ofLevels(levels, Spelling.SLASH);
  }

  TopicFilter compiled() {
    return TopicFilter.ofMqtt(filter);
  }

  /** Whether it asks for what the broker says of itself. */
  boolean isAboutBroker() {
    return levels.getFirst().equals(SYSTEM);
  }

  /** Refuses what nobody can publish to. */
  void checkMayPublish() {
    if (isWildcard) {
      throw RequestException.badRequest("+ and # can be observed, not published to");
    }
    if (isAboutBroker()) {
      throw new RequestException(CoapCode.FORBIDDEN, "only the broker publishes below " + SYSTEM);
    }
  }
}
