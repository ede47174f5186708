package io.serai.gateway.mqtt;

import io.serai.gateway.mqtt.MqttFrame.Wanted;
import java.util.List;

/**
 * A subscription a session holds.
 *
 * @param options filter and options as last subscribed
 * @param identifier its subscription identifier, 0 for none
 */
record Subscription(Wanted options, int identifier) {
  String filter() {
    return options.filter();
  }

  /** Whether it reads a queue that others read too. */
  boolean isMembership() {
    return TopicRules.isMembership(filter());
  }

  SubscriptionMatch match(String clientId) {
    return new SubscriptionMatch(
        clientId,
        options.qos(),
        options.noLocal(),
        options.retainAsPublished(),
        false,
        identifier == 0 ? List.of() : List.of(identifier));
  }
}
