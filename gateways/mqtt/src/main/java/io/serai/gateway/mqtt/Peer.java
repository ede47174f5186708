package io.serai.gateway.mqtt;

import io.serai.bus.Caller;
import io.serai.bus.SessionRecord;
import io.serai.gateway.Effects;
import io.serai.gateway.mqtt.MqttFrame.Connect;
import io.serai.model.Address;
import io.serai.model.Origin;

/** The client as CONNECT and CONNACK settled it. */
final class Peer {
  private final MqttCodec codec;
  private final MqttVersion version;
  private final Caller caller;
  private final Origin origin;
  private final int receiveMaximum;
  private final int maxPacketBytes;
  private final int topicAliasMaximum;
  private final boolean wantsProblemInformation;

  Peer(MqttCodec codec, Connect connect, Caller caller, Origin origin) {
    this.codec = codec;
    this.version = connect.version();
    this.caller = caller;
    this.origin = origin;
    MqttProperties asked = connect.properties();
    this.receiveMaximum = (int) asked.number(PropertyId.RECEIVE_MAXIMUM, 65_535);
    this.maxPacketBytes =
        (int)
            Math.min(
                MqttCodec.MAX_PACKET_BYTES,
                asked.number(PropertyId.MAXIMUM_PACKET_SIZE, MqttCodec.MAX_PACKET_BYTES));
    this.topicAliasMaximum = (int) asked.number(PropertyId.TOPIC_ALIAS_MAXIMUM, 0);
    this.wantsProblemInformation = asked.number(PropertyId.REQUEST_PROBLEM_INFORMATION, 1) == 1;
  }

  MqttVersion version() {
    return version;
  }

  boolean isV5() {
    return version == MqttVersion.V5;
  }

  Caller caller() {
    return caller;
  }

  /** Whether what an earlier connection left is this user's. */
  boolean isOwnerOf(SessionRecord kept) {
    return kept.owner().principal().user().equals(caller.principal().user());
  }

  String clientId() {
    return origin.clientId();
  }

  /** The highest QoS at which its user may publish and subscribe. */
  int maxQos() {
    return caller.principal().maxQos(caller.vhost(), Address.TOPIC_EXCHANGE);
  }

  /** Whether its user may publish so: a QoS and the retain flag are permissions of their own. */
  boolean mayPublish(int qos, boolean isRetain) {
    return (qos == 0 || qos <= maxQos())
        && (!isRetain || caller.principal().mayRetain(caller.vhost(), Address.TOPIC_EXCHANGE));
  }

  /** Who its messages come from. */
  Origin origin() {
    return origin;
  }

  /** QoS 1 and 2 messages it takes unacknowledged; 65535 in 3.x. */
  int receiveMaximum() {
    return receiveMaximum;
  }

  /** Topic aliases it accepts, 0 for none. */
  int topicAliasMaximum() {
    return topicAliasMaximum;
  }

  /** Whether {@code frame} is within the client's maximum packet size. */
  boolean accepts(MqttFrame frame) {
    return maxPacketBytes == MqttCodec.MAX_PACKET_BYTES || codec.sizeOf(frame) <= maxPacketBytes;
  }

  /** A reason string, if the client wants to read why. */
  MqttProperties because(String text) {
    return isV5() && wantsProblemInformation
        ? MqttProperties.builder().text(PropertyId.REASON_STRING, text).build()
        : MqttProperties.NONE;
  }

  /**
   * Sends an answer; one that is too large for the client goes without its reason string, or not at
   * all (MQTT 5.0 §3.1.2.11.4).
   */
  void answer(MqttFrame frame, MqttFrame withoutProperties, Effects<MqttFrame> out) {
    if (accepts(frame)) {
      out.send(frame);
    } else if (accepts(withoutProperties)) {
      out.send(withoutProperties);
    }
  }
}
