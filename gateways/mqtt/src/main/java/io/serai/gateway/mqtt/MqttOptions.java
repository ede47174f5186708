package io.serai.gateway.mqtt;

import io.serai.bus.StreamOffset;
import io.serai.gateway.Settings;
import io.serai.model.Origin;

/**
 * What a listener allows its MQTT clients.
 *
 * @param maxPacketBytes largest packet accepted, header included
 * @param receiveMaximum QoS 1 and 2 publishes a client may have unacknowledged
 * @param maxInflight QoS 1 and 2 messages sent ahead of the client's acknowledgement
 * @param topicAliasMaximum topic aliases a client may set up, and the broker towards it
 * @param maxKeepAliveSeconds longest keep alive; 0 leaves it to the client
 * @param maxSessionExpirySeconds longest time a session outlives its connection
 * @param maxQueuedMessages messages a session's queue keeps
 * @param maxQueuedBytes bytes of bodies a session's queue keeps
 * @param queueOverflow what goes when there are more: {@code drop-head} or {@code drop-tail}, the
 *     values of {@code x-overflow}
 * @param queuePriorities which topics go first in a session's queue, the value of {@code
 *     x-topic-priorities}; empty when all are equal
 * @param maxSubscriptions topic filters one session may have
 * @param maxTopicLevels levels a topic name or filter may have
 * @param responseInformation what a client that asks is told to build response topics under; {@code
 *     {client_id}} and {@code {username}} stand for its own, empty for nothing
 * @param usesUsernameAsClientId whether a client is known by its user's name, whatever it calls
 *     itself
 * @param revealsReasons whether a client is told that it was its permissions it failed at
 * @param streamOffset where a reader of a stream begins that does not say
 * @param validatesPayloadFormat whether a payload that is said to be UTF-8 has to be
 */
record MqttOptions(
    int maxPacketBytes,
    int receiveMaximum,
    int maxInflight,
    int topicAliasMaximum,
    int maxKeepAliveSeconds,
    long maxSessionExpirySeconds,
    int maxQueuedMessages,
    long maxQueuedBytes,
    String queueOverflow,
    String queuePriorities,
    int maxSubscriptions,
    int maxTopicLevels,
    String responseInformation,
    boolean usesUsernameAsClientId,
    boolean revealsReasons,
    StreamOffset streamOffset,
    boolean validatesPayloadFormat) {
  /** The value of {@code x-overflow} every queue has unless told otherwise. */
  static final String DROP_HEAD = "drop-head";

  private static final long WEEK_MILLIS = 7L * 24 * 3600 * 1000;

  static MqttOptions of(Settings settings) {
    return new MqttOptions(
        settings.intValue("max-packet-size", 16 * 1024 * 1024),
        settings.intValue("receive-maximum", 256),
        settings.intValue("max-inflight", 64),
        settings.intValue("topic-alias-maximum", 16),
        Math.toIntExact(settings.longValue("max-keep-alive", 0) / 1000),
        settings.longValue("max-session-expiry", WEEK_MILLIS) / 1000,
        settings.intValue("max-queued-messages", 100_000),
        settings.longValue("max-queued-bytes", 256L * 1024 * 1024),
        settings.text("queue-overflow", DROP_HEAD),
        settings.text("queue-priorities", ""),
        settings.intValue("max-subscriptions", 10_000),
        settings.intValue("max-topic-levels", 128),
        settings.text("response-information", ""),
        settings.flag("use-username-as-clientid", false),
        settings.flag("reveal-reasons", true),
        streamOffset(settings.text("stream-offset", "next")),
        settings.flag("payload-format-validation", false));
  }

  private static StreamOffset streamOffset(String words) {
    StreamOffset offset = StreamOffset.parse(words);
    if (offset == null) {
      throw new IllegalArgumentException("stream-offset '" + words + "' is no offset");
    }
    return offset;
  }

  /** What a client is told of {@code reason} in an acknowledgement. */
  int told(int reason) {
    return reason == MqttReason.NOT_AUTHORIZED && !revealsReasons
        ? MqttReason.UNSPECIFIED_ERROR
        : reason;
  }

  /** The response information for one client, empty for none. */
  String responseInformation(Origin client) {
    return responseInformation
        .replace("{client_id}", client.clientId())
        .replace("{username}", client.user());
  }
}
