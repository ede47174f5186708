package io.serai.gateway.mqtt;

/**
 * What a topic name may look like (MQTT 5.0 §4.7), and which topics and filters are special; for
 * filters see {@link io.serai.model.TopicFilter#isMqtt}.
 */
final class TopicRules {
  private static final String BROKER_LEVEL = "$SYS";

  private static final String BROKER_TOPICS = BROKER_LEVEL + "/";

  /** Where a Mosquitto bridge says whether it is connected. */
  private static final String BRIDGE_STATE = "$SYS/broker/connection/";

  /** Starts a shared subscription (MQTT 5.0 §4.8.2). */
  static final String SHARED = "$share/";

  private static final String SHARED_ALONE = "$share";

  private TopicRules() {}

  /** Whether {@code topic} can be published to: not empty and no wildcard. */
  static boolean isValidName(String topic) {
    return !topic.isEmpty() && topic.indexOf('+') < 0 && topic.indexOf('#') < 0;
  }

  /** Whether only the broker itself publishes to {@code topic}. */
  static boolean isBrokerTopic(String topic) {
    return topic.startsWith(BROKER_TOPICS)
        && !(topic.startsWith(BRIDGE_STATE) && topic.endsWith("/state"));
  }

  /** Whether a filter asks for what the broker says of itself; wildcards never do. */
  static boolean isAboutBroker(String filter) {
    return filter.startsWith(BROKER_TOPICS) || filter.equals(BROKER_LEVEL);
  }

  /** Whether clients may not publish to {@code topic}, which is not empty. */
  static boolean isReserved(String topic) {
    return topic.charAt(0) == '$' && (isBrokerTopic(topic) || isShared(topic));
  }

  static boolean isShared(String filter) {
    return filter.startsWith(SHARED) || filter.equals(SHARED_ALONE);
  }

  /** Whether a filter reads a queue that others read too, instead of being a binding. */
  static boolean isMembership(String filter) {
    return isShared(filter) || StreamTopics.isStream(filter);
  }

  /** What a valid shared filter subscribes to, without the group. */
  static String sharedFilter(String filter) {
    return filter.substring(filter.indexOf('/', SHARED.length()) + 1);
  }

  /** Whether a well-formed shared filter names a group and a filter (MQTT 5.0 §4.8.2). */
  static boolean isValidShare(String filter) {
    int slash = filter.indexOf('/', SHARED.length());
    String group = slash < 0 ? "" : filter.substring(SHARED.length(), slash);
    return !group.isEmpty()
        && slash < filter.length() - 1
        && group.indexOf('+') < 0
        && group.indexOf('#') < 0;
  }

  /** Whether a topic or filter has more levels than the listener takes. */
  static boolean isTooDeep(String topic, int maxLevels) {
    if (topic.length() < maxLevels) {
      return false;
    }
    int levels = 1;
    for (int i = 0; i < topic.length(); i++) {
      if (topic.charAt(i) == '/' && ++levels > maxLevels) {
        return true;
      }
    }
    return false;
  }
}
