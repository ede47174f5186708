package io.serai.config;

import java.time.Duration;
import java.util.Map;

/** Settings of a listener that only its protocol has. */
public sealed interface ProtocolOptions {

  /**
   * AMQP 0-9-1 tuning offered to clients.
   *
   * @param frameMaxBytes largest frame, 4096 or more (AMQP 0-9-1 §4.2.3)
   * @param channelMax channels per connection, 1 to 2047
   * @param heartbeat offered interval; zero for none
   */
  record Amqp(int frameMaxBytes, int channelMax, Duration heartbeat) implements ProtocolOptions {}

  /**
   * MQTT limits, announced in CONNACK to MQTT 5 clients.
   *
   * @param maxPacketSizeBytes largest packet accepted
   * @param receiveMaximum QoS 1 and 2 publishes a client may have unacknowledged with us
   * @param maxInflight QoS 1 and 2 messages we keep unacknowledged with a client that sets no limit
   * @param topicAliasMaximum aliases a client may set up
   * @param maxKeepAlive longest keep alive; zero for no limit, so that a client may have none
   * @param maxSessionExpiry longest time a session outlives its connection
   * @param maxQueuedMessages messages kept for an absent client
   * @param maxQueuedBytes bytes of bodies kept for an absent client
   * @param queueOverflow which messages go beyond that
   * @param queuePriorities which topics come first of what is kept, as {@code filter=priority, ...}
   * @param maxSubscriptions topic filters one session may have
   * @param maxTopicLevels levels a topic name or filter may have
   * @param responseInformation what clients that ask are told to build response topics under, empty
   *     for nothing
   * @param usesUsernameAsClientId whether a client is known by its user's name
   * @param revealsReasons whether a client is told that it was its permissions it failed at
   * @param streamOffset where a reader of a stream begins that does not say
   * @param validatesPayloadFormat whether a payload that is said to be UTF-8 has to be
   */
  record Mqtt(
      int maxPacketSizeBytes,
      int receiveMaximum,
      int maxInflight,
      int topicAliasMaximum,
      Duration maxKeepAlive,
      Duration maxSessionExpiry,
      int maxQueuedMessages,
      long maxQueuedBytes,
      QueueOverflow queueOverflow,
      String queuePriorities,
      int maxSubscriptions,
      int maxTopicLevels,
      String responseInformation,
      boolean usesUsernameAsClientId,
      boolean revealsReasons,
      StreamOffset streamOffset,
      boolean validatesPayloadFormat)
      implements ProtocolOptions {}

  /** What goes when more is kept for an absent client than may be. */
  enum QueueOverflow {
    /** As in EMQX, and in HiveMQ when told so. */
    DROP_OLDEST,
    /** As in Mosquitto, and in HiveMQ. */
    DROP_NEWEST
  }

  /** Where a stream can be read from, by RabbitMQ's words. */
  enum StreamOffset {
    /** With what comes after the reader. */
    NEXT,
    /** With the oldest message there is. */
    FIRST,
    /** With what was written together last. */
    LAST
  }

  /**
   * The settings of any other protocol: those keys that its topic of the catalogue adds to
   * listeners.
   *
   * @param values by key name, defaults included; sizes are bytes and times milliseconds
   */
  record Other(Map<String, Object> values) implements ProtocolOptions {
    public Other {
      values = Map.copyOf(values);
    }
  }
}
