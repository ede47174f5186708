package io.serai.gateway.mqtt;

import io.serai.model.Address;
import io.serai.model.Body;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packets of MQTT 3.1, 3.1.1 and 5.0. What a version does not have is empty on the way in and
 * left out on the way out.
 */
public sealed interface MqttFrame {

  /**
   * CONNECT.
   *
   * @param cleanStart clean session in 3.x
   * @param keepAliveSeconds 0 for none
   */
  record Connect(
      MqttVersion version,
      String clientId,
      boolean cleanStart,
      int keepAliveSeconds,
      @Nullable Will will,
      @Nullable String userName,
      byte @Nullable [] password,
      MqttProperties properties)
      implements MqttFrame {
    /** Without the password. */
    @Override
    public String toString() {
      return "Connect[" + version + ", " + clientId + ", " + properties + "]";
    }
  }

  /**
   * The message to publish when the connection ends without DISCONNECT.
   *
   * @param delaySeconds how long after the end of the connection, 0 for at once
   */
  record Will(Address address, MqttEncoding encoding, Body body, long delaySeconds) {}

  /** CONNACK. {@code reason} is the MQTT 5 code in every version. */
  record ConnAck(boolean sessionPresent, int reason, MqttProperties properties)
      implements MqttFrame {}

  /**
   * PUBLISH, in both directions.
   *
   * @param address the topic; null when only the alias stands for it
   * @param encoding the publisher's properties
   * @param qos QoS of this hop, which may be lower than the publisher's
   * @param isDup whether this is another attempt
   * @param isRetain the retain flag of this hop
   * @param packetId 0 when {@code qos} is 0
   * @param topicAlias 0 for none
   * @param subscriptionIds from broker to client only
   * @param expirySeconds what is left of the message expiry interval, -1 for none
   */
  record Publish(
      @Nullable Address address,
      MqttEncoding encoding,
      Body body,
      int qos,
      boolean isDup,
      boolean isRetain,
      int packetId,
      int topicAlias,
      List<Integer> subscriptionIds,
      long expirySeconds)
      implements MqttFrame {
    /** This packet with a topic alias, under {@code name} or, if that is null, in its place. */
    Publish aliased(@Nullable Address name, int alias) {
      return new Publish(
          name,
          encoding,
          body,
          qos,
          isDup,
          isRetain,
          packetId,
          alias,
          subscriptionIds,
          expirySeconds);
    }
  }

  /**
   * PUBLISH to one of many, in bytes that they share. From broker to client only.
   *
   * @param packetId 0 with QoS 0
   */
  record PublishToMany(EncodedPublish packet, int packetId) implements MqttFrame {}

  /** PUBACK. */
  record PubAck(int packetId, int reason, MqttProperties properties) implements MqttFrame {}

  /** PUBREC. */
  record PubRec(int packetId, int reason, MqttProperties properties) implements MqttFrame {}

  /** PUBREL. */
  record PubRel(int packetId, int reason, MqttProperties properties) implements MqttFrame {}

  /** PUBCOMP. */
  record PubComp(int packetId, int reason, MqttProperties properties) implements MqttFrame {}

  /** SUBSCRIBE. */
  record Subscribe(int packetId, List<Wanted> wanted, MqttProperties properties)
      implements MqttFrame {
    public Subscribe {
      wanted = List.copyOf(wanted);
    }
  }

  /**
   * One topic filter of a SUBSCRIBE with its options (MQTT 5.0 §3.8.3.1).
   *
   * @param qos the highest QoS wanted
   * @param retainHandling 0 sends retained messages, 1 only for a new subscription, 2 never
   */
  record Wanted(
      String filter, int qos, boolean noLocal, boolean retainAsPublished, int retainHandling) {
    /** The same at a QoS that may be granted. */
    Wanted atMost(int maxQos) {
      return qos <= maxQos
          ? this
          : new Wanted(filter, maxQos, noLocal, retainAsPublished, retainHandling);
    }
  }

  /** SUBACK: one reason for each filter, a granted QoS or a failure. */
  record SubAck(int packetId, List<Integer> reasons, MqttProperties properties)
      implements MqttFrame {
    public SubAck {
      reasons = List.copyOf(reasons);
    }
  }

  /** UNSUBSCRIBE. */
  record Unsubscribe(int packetId, List<String> filters, MqttProperties properties)
      implements MqttFrame {
    public Unsubscribe {
      filters = List.copyOf(filters);
    }
  }

  /** UNSUBACK; 3.x has no reasons. */
  record UnsubAck(int packetId, List<Integer> reasons, MqttProperties properties)
      implements MqttFrame {
    public UnsubAck {
      reasons = List.copyOf(reasons);
    }
  }

  /** PINGREQ. */
  enum PingReq implements MqttFrame {
    PING_REQ
  }

  /** PINGRESP. */
  enum PingResp implements MqttFrame {
    PING_RESP
  }

  /** DISCONNECT; a broker sends it in MQTT 5 only. */
  record Disconnect(int reason, MqttProperties properties) implements MqttFrame {}

  /** AUTH, MQTT 5 only. */
  record Auth(int reason, MqttProperties properties) implements MqttFrame {}
}
