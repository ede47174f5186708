package io.serai.gateway.mqtt;

import io.serai.bus.MatchData;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an MQTT subscription carries on its binding, and what a delivery through one or several of
 * them carries.
 *
 * @param clientId the subscriber, for no-local
 * @param qos highest QoS granted
 * @param noLocal the client's own messages are not for it
 * @param retainAsPublished the retain flag is handed on as the publisher set it
 * @param isRetainedCopy a message sent because of a new subscription, retain flag set
 * @param identifiers subscription identifiers, one for each matching subscription that has one
 */
record SubscriptionMatch(
    String clientId,
    int qos,
    boolean noLocal,
    boolean retainAsPublished,
    boolean isRetainedCopy,
    List<Integer> identifiers)
    implements MatchData {

  /** The QoS a message was published with: an AMQP publisher's durable messages count as QoS 1. */
  static int publishQos(Message message) {
    if (message.encoding() instanceof MqttEncoding encoding) {
      return encoding.qos();
    }
    return message.encoding().isDurable() ? 1 : 0;
  }

  /** The same for the copies that a new subscription gets of retained messages. */
  SubscriptionMatch forRetained() {
    return new SubscriptionMatch(clientId, qos, noLocal, retainAsPublished, true, identifiers);
  }

  @Override
  public @Nullable MatchData fold(Message message, List<MatchData> matches) {
    if (matches.size() == 1) {
      return matches.getFirst() instanceof SubscriptionMatch only && only.excludes(message)
          ? null
          : matches.getFirst();
    }
    SubscriptionMatch best = null;
    for (MatchData match : matches) {
      if (match instanceof SubscriptionMatch next && !next.excludes(message)) {
        best = best == null ? next : best.joined(next);
      }
    }
    return best;
  }

  private boolean excludes(Message message) {
    return noLocal
        && clientId.equals(message.origin().clientId())
        && message.origin().protocol().startsWith("mqtt");
  }

  /** One copy for both: the higher QoS and every identifier (MQTT 5.0 §3.3.4). */
  private SubscriptionMatch joined(SubscriptionMatch other) {
    List<Integer> both = identifiers;
    if (both.isEmpty()) {
      both = other.identifiers;
    } else if (!other.identifiers.isEmpty()) {
      both = new ArrayList<>(identifiers);
      both.addAll(other.identifiers);
    }
    return new SubscriptionMatch(
        clientId,
        Math.max(qos, other.qos),
        false,
        retainAsPublished || other.retainAsPublished,
        isRetainedCopy && other.isRetainedCopy,
        both);
  }

  @Override
  public boolean isAtMostOnce(Message message) {
    return qos == 0 || publishQos(message) == 0;
  }
}
