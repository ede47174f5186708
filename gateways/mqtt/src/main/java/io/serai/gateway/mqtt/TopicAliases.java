package io.serai.gateway.mqtt;

import io.serai.model.Topic;
import java.util.HashMap;
import java.util.Map;

/**
 * Topic aliases the broker sets up towards a client (MQTT 5.0 §3.3.2.3.4): the first topics sent
 * get one, later ones are sent in full. Bounded by what the client accepts.
 */
final class TopicAliases {
  private final int most;
  private final Map<Topic, Integer> known = new HashMap<>();

  TopicAliases(int most) {
    this.most = most;
  }

  /** The alias {@code topic} has, 0 when it has none. */
  int find(Topic topic) {
    Integer alias = known.get(topic);
    return alias == null ? 0 : alias;
  }

  /** Gives {@code topic} an alias, or answers 0 when none is left. */
  int assign(Topic topic) {
    if (known.size() >= most) {
      return 0;
    }
    int alias = known.size() + 1;
    known.put(topic, alias);
    return alias;
  }
}
