package io.serai.gateway.mqtt;

import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.util.HashMap;
import java.util.Map;

/**
 * Topic aliases the broker sets up towards a client (MQTT 5.0 §3.3.2.3.4): the first topics sent
 * get one, later ones are sent in full. Bounded by what the client accepts.
 */
final class TopicAliases {
  private final int most;

  /** By name as the client reads it: topics of equal levels may be spelled differently. */
  private final Map<String, Integer> known = new HashMap<>();

  TopicAliases(int most) {
    this.most = most;
  }

  /** The alias {@code topic} has, 0 when it has none. */
  int find(Topic topic) {
    Integer alias = known.get(topic.spelled(Spelling.SLASH));
    return alias == null ? 0 : alias;
  }

  /** The alias the next topic would get, 0 when none is left. */
  int next() {
    return known.size() < most ? known.size() + 1 : 0;
  }

  /** Gives {@code topic} the {@link #next} alias. */
  void assign(Topic topic) {
    known.put(topic.spelled(Spelling.SLASH), next());
  }
}
