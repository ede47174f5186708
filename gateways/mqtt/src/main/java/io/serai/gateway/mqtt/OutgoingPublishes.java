package io.serai.gateway.mqtt;

import io.serai.bus.MatchData;
import io.serai.gateway.Effects;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.gateway.mqtt.MqttFrame.PublishToMany;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries as PUBLISH packets: what is left of the expiry, the flags and identifiers of the
 * subscription, topic aliases, and what the client cannot be sent at all.
 */
final class OutgoingPublishes {
  private static final int MAX_NAME_BYTES = 65_535;
  private static final long MAX_EXPIRY_SECONDS = 0xFFFF_FFFFL;
  private static final List<Integer> NO_IDS = List.of();

  private final Peer peer;
  private final @Nullable TopicAliases aliases;

  /** The encoding translated last, and into what. */
  private Encoding lastPublished = MqttEncoding.plain(0, false);

  private MqttEncoding lastTranslated = MqttEncoding.plain(0, false);

  OutgoingPublishes(Peer peer, MqttOptions options) {
    this.peer = peer;
    int most = Math.min(peer.topicAliasMaximum(), options.topicAliasMaximum());
    this.aliases = most > 0 ? new TopicAliases(most) : null;
  }

  /**
   * Sends one message.
   *
   * @param match of the subscription it came through
   * @param packetId 0 for QoS 0
   * @param isDup whether an earlier connection sent it under the same packet id
   * @return false when it cannot be sent: expired, too large, or without a topic MQTT can write
   */
  boolean send(
      Message message,
      @Nullable MatchData match,
      int qos,
      int packetId,
      boolean isDup,
      Effects<MqttFrame> out) {
    if (message.isForMany() && !isDup && aliases == null && isLikeOthers(message, match)) {
      EncodedPublish packet = EncodedPublish.of(message, qos, peer.version());
      PublishToMany shared = packet.frame(packetId);
      if (!packet.isNameable() || !peer.accepts(shared)) {
        return false;
      }
      out.send(shared);
      return true;
    }
    long expirySeconds = -1;
    if (message.expiresAtMillis() != Long.MAX_VALUE) {
      long leftMillis = message.expiresAtMillis() - out.nowMillis();
      boolean isForNow = message.encoding().expiryMillis() == 0; // its queue did not let it wait
      if (leftMillis <= 0 && !isDup && !isForNow) {
        return false; // a delivery that has begun is finished (MQTT 5.0 §3.3.2.3.3)
      }
      expirySeconds =
          isForNow ? 0 : seconds(Math.min(leftMillis, message.encoding().expiryMillis()));
    }
    boolean isRetain = false;
    List<Integer> ids = NO_IDS;
    MqttEncoding encoding = encoding(message);
    if (match instanceof SubscriptionMatch own) {
      isRetain = own.isRetainedCopy() || own.retainAsPublished() && encoding.isRetain();
      ids = own.identifiers();
    }
    Publish publish =
        new Publish(
            message.address(),
            encoding,
            message.body(),
            qos,
            isDup,
            isRetain,
            packetId,
            0,
            ids,
            expirySeconds);
    Publish fitting = isNameable(message.topic()) ? fitting(publish, message.topic()) : null;
    if (fitting == null) {
      return false;
    }
    out.send(fitting);
    return true;
  }

  /** Whether the packet differs by its packet identifier only from what other subscribers get. */
  private static boolean isLikeOthers(Message message, @Nullable MatchData match) {
    return message.expiresAtMillis() == Long.MAX_VALUE
        && !(match instanceof SubscriptionMatch own
            && (own.isRetainedCopy() || own.retainAsPublished() || !own.identifiers().isEmpty()));
  }

  /** Whole seconds, rounded up: 1 to the most MQTT can say, about 136 years. */
  private static long seconds(long millis) {
    return millis <= 1000 ? 1 : Math.min((millis - 1) / 1000 + 1, MAX_EXPIRY_SECONDS);
  }

  /** The message in MQTT's words. A publisher's messages share their encoding, so runs do too. */
  @SuppressWarnings("ReferenceEquality") // shared; a miss costs a translation
  private MqttEncoding encoding(Message message) {
    Encoding published = message.encoding();
    if (published instanceof MqttEncoding own) {
      return own;
    }
    if (published != lastPublished) {
      lastTranslated = message.as(MqttMapping.TO_MQTT);
      lastPublished = published;
    }
    return lastTranslated;
  }

  /**
   * Whether the topic has a name that MQTT can write and clients take. One that an MQTT publisher
   * spelled was checked when it came; others may be empty or hold control characters, which many
   * clients answer by closing the connection.
   */
  static boolean isNameable(Topic topic) {
    byte[] name = topic.utf8(Spelling.SLASH);
    return name.length > 0
        && name.length <= MAX_NAME_BYTES
        && (topic.ownSpelling() == Spelling.SLASH
            || Utf8.isValid(name, 0, name.length, Utf8.Forbidden.CONTROLS));
  }

  /** The packet with a topic alias where there is one, or null when the client cannot take it. */
  private @Nullable Publish fitting(Publish publish, Topic topic) {
    TopicAliases known = aliases;
    if (known == null) {
      return peer.accepts(publish) ? publish : null;
    }
    int alias = known.find(topic);
    if (alias > 0) {
      Publish brief = publish.aliased(null, alias);
      if (peer.accepts(brief)) {
        return brief;
      }
    }
    if (!peer.accepts(publish)) {
      return null;
    }
    int next = alias > 0 ? 0 : known.next();
    if (next == 0) {
      return publish;
    }
    Publish named = publish.aliased(publish.address(), next);
    if (!peer.accepts(named)) {
      return publish; // the alias itself would be what is too much
    }
    known.assign(topic);
    return named;
  }
}
