package io.serai.gateway.mqtt;

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
 * @param maxQueuedMessages messages a session's queue keeps; the oldest go when there are more
 * @param maxQueuedBytes bytes of bodies a session's queue keeps; the oldest go when there are more
 * @param maxSubscriptions topic filters one session may have
 * @param maxTopicLevels levels a topic name or filter may have
 * @param responseInformation what a client that asks is told to build response topics under; {@code
 *     {client_id}} and {@code {username}} stand for its own, empty for nothing
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
    int maxSubscriptions,
    int maxTopicLevels,
    String responseInformation) {
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
        settings.intValue("max-subscriptions", 10_000),
        settings.intValue("max-topic-levels", 128),
        settings.text("response-information", ""));
  }

  /** The response information for one client, empty for none. */
  String responseInformation(Origin client) {
    return responseInformation
        .replace("{client_id}", client.clientId())
        .replace("{username}", client.user());
  }
}
