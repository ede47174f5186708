package io.serai.gateway.mqtt;

import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.mqtt.MqttFrame.PubAck;
import io.serai.gateway.mqtt.MqttFrame.PubComp;
import io.serai.gateway.mqtt.MqttFrame.PubRec;
import io.serai.gateway.mqtt.MqttFrame.PubRel;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Spelling;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the client publishes: topic aliases, routing, and the acknowledgements of QoS 1 and 2 in
 * order. A QoS 2 packet id is remembered from its first PUBLISH to its PUBREL, across connections,
 * so that no copy is published twice. In a session that outlives its connection the queues remember
 * it too, in case the node ends meanwhile.
 */
final class InboundFlow {
  /** Publishes of one connection that can be told apart. */
  private static final int TICKET_BITS = 40;

  private final Peer peer;
  private final MqttOptions options;
  private final AckQueue acks = new AckQueue();
  private final BitSet received;

  /** Publishes that the node ended over: who has them. Shrinks as they come again. */
  private final Map<Integer, Set<Long>> holders;

  private final @Nullable QosTwoNotes notes;

  /** Released, with PUBCOMP to follow once that is safe. */
  private final BitSet releasing = new BitSet(0);

  /** QoS 2 publishes of this connection that are not released; older ones take no place (§4.9). */
  private final BitSet counted = new BitSet(0);

  private int countedQos2;

  /** By alias; made when the first one is set up. */
  private @Nullable Address @Nullable [] aliases;

  private @Nullable Address lastQueueTopic;
  private @Nullable Address lastQueue;

  /**
   * @param notes null in a session that ends with its connection
   */
  InboundFlow(Peer peer, MqttOptions options, SessionState state, @Nullable QosTwoNotes notes) {
    this.peer = peer;
    this.options = options;
    this.received = (BitSet) state.received().clone();
    this.holders = new HashMap<>(state.holders());
    this.notes = notes;
  }

  /** Publishes that the node ended over and that did not come again. */
  Map<Integer, Set<Long>> holders() {
    return holders;
  }

  /** Packet ids of QoS 2 publishes that were received and not released. */
  BitSet received() {
    return (BitSet) received.clone();
  }

  void onPublish(Publish publish, Effects<MqttFrame> out) {
    Address topic = topic(publish);
    int qos = publish.qos();
    if (qos > 0) {
      takePlace(publish.packetId(), qos);
    }
    if (qos == 2 && received.get(publish.packetId())) {
      if (!acks.holdsQos2(publish.packetId())) {
        out.send(new PubRec(publish.packetId(), MqttReason.SUCCESS, MqttProperties.NONE));
      }
      return;
    }
    if (qos == 0) {
      publishAtMostOnce(publish, topic, out);
    } else {
      publishAcknowledged(publish, topic, out);
    }
  }

  /**
   * Counts a publish against the receive maximum. A client that releases what was not acknowledged
   * yet gains nothing by it: acknowledgements owed are bounded, too.
   */
  private void takePlace(int packetId, int qos) {
    if (qos == 2 && counted.get(packetId)) {
      return;
    }
    if (Math.max(acks.size(), acks.qos1Count() + countedQos2) >= receiveMaximum()) {
      throw new ProtocolException(
          MqttReason.RECEIVE_MAXIMUM_EXCEEDED,
          "more than " + receiveMaximum() + " unacknowledged publishes",
          "MQTT 5.0 §3.3.4");
    }
    if (qos == 2) {
      counted.set(packetId);
      countedQos2++;
    }
  }

  /** 3.x clients are not told a maximum; theirs is the number of packet ids. */
  private int receiveMaximum() {
    return peer.isV5() ? options.receiveMaximum() : 65_535;
  }

  private void publishAtMostOnce(Publish publish, Address topic, Effects<MqttFrame> out) {
    if (!isReserved(topic) && peer.mayPublish(0, publish.isRetain())) {
      if (!isFormatKept(publish)) {
        throw new ProtocolException(
            MqttReason.PAYLOAD_FORMAT_INVALID,
            "payload said to be UTF-8 is not",
            "MQTT 5.0 §3.3.2.3.2");
      }
      Message message = message(publish, topic, out);
      out.publish(message, flags(publish, message), 0);
    }
  }

  private void publishAcknowledged(Publish publish, Address topic, Effects<MqttFrame> out) {
    int packetId = publish.packetId();
    if (publish.qos() == 2) {
      received.set(packetId);
    }
    long ticket = acks.add(packetId, publish.qos());
    if (isReserved(topic) || !peer.mayPublish(publish.qos(), publish.isRetain())) {
      acks.complete(ticket, MqttReason.NOT_AUTHORIZED);
    } else if (!isFormatKept(publish)) {
      acks.complete(ticket, MqttReason.PAYLOAD_FORMAT_INVALID);
    } else {
      Message message = message(publish, topic, out);
      int flags = flags(publish, message) | Publisher.CONFIRM;
      PublishResult result =
          publish.qos() == 2 && notes != null
              ? out.publishOnce(message, flags, ticket, notes.once(packetId, holdersOf(packetId)))
              : out.publish(message, flags, ticket);
      switch (result) {
        case ROUTED -> {
          return; // onConfirm follows
        }
        case UNROUTABLE -> acks.complete(ticket, unroutable(publish.qos()));
        case DENIED -> refuse(ticket, MqttReason.NOT_AUTHORIZED, out);
        case NO_EXCHANGE, INTERNAL_EXCHANGE, SHED ->
            refuse(ticket, MqttReason.IMPLEMENTATION_SPECIFIC_ERROR, out);
      }
    }
    sendAcks(out);
  }

  private boolean isFormatKept(Publish publish) {
    return !options.validatesPayloadFormat()
        || PayloadFormat.isAsSaid(publish.encoding(), publish.body());
  }

  private Set<Long> holdersOf(int packetId) {
    Set<Long> known = holders.get(packetId);
    return known == null ? Set.of() : known;
  }

  /** A publish fails. Of one with QoS 2 nothing must be left when the client learns of it. */
  private void refuse(long ticket, int reason, Effects<MqttFrame> out) {
    if (notes != null && acks.isQos2(ticket)) {
      notes.refused(acks.packetId(ticket), (long) reason << TICKET_BITS | ticket, out);
    } else {
      acks.complete(ticket, reason);
    }
  }

  /** What was noted of a publish is safe. */
  void onNoted(QosTwoNotes.Step step, long subject, Effects<MqttFrame> out) {
    switch (step) {
      case RELEASED -> {
        int packetId = (int) subject;
        releasing.clear(packetId);
        out.send(new PubComp(packetId, MqttReason.SUCCESS, MqttProperties.NONE));
      }
      case REFUSED -> {
        acks.complete(subject & (1L << TICKET_BITS) - 1, (int) (subject >>> TICKET_BITS));
        sendAcks(out);
      }
      case ASSIGNED, TAKEN, DONE -> {} // what the client gets
    }
  }

  /**
   * "No matching subscribers" goes on PUBACK only: with QoS 2 the message's fate is settled by
   * PUBREL, and a PUBREC that says more than success is not what test suites and some clients
   * expect. The specification leaves the choice to the broker (MQTT 5.0 §3.5.2.1).
   */
  private static int unroutable(int qos) {
    return qos == 1 ? MqttReason.NO_MATCHING_SUBSCRIBERS : MqttReason.SUCCESS;
  }

  /**
   * A queue has no value to keep; its name as a topic may be one the user cannot write to. A
   * question about the route is neither delivered nor kept.
   */
  private static int flags(Publish publish, Message message) {
    if (publish.encoding().asksForRoute()) {
      return Publisher.EXPLAIN;
    }
    return publish.isRetain() && !message.address().exchange().isEmpty() ? Publisher.RETAIN : 0;
  }

  private Message message(Publish publish, Address topic, Effects<MqttFrame> out) {
    Address to = topic;
    String name = topic.topic().spelled(Spelling.SLASH);
    if (name.charAt(0) == '$' && QueueTopics.isQueue(name)) {
      to = queue(topic, name);
    }
    return new Message(to, publish.encoding(), publish.body(), peer.origin(), out.nowMillis());
  }

  private Address queue(Address topic, String name) {
    Address known = lastQueue;
    if (known == null || topic != lastQueueTopic) {
      known = QueueTopics.address(name);
      lastQueue = known;
      lastQueueTopic = topic;
    }
    return known;
  }

  /** Whether only the broker itself may publish there. */
  private static boolean isReserved(Address topic) {
    return TopicRules.isReserved(topic.topic().spelled(Spelling.SLASH));
  }

  // ---- topic aliases

  private Address topic(Publish publish) {
    Address named = publish.address();
    int alias = publish.topicAlias();
    if (alias == 0) {
      if (named == null) {
        throw PacketReader.malformed("a PUBLISH without topic", "§3.3.2.1");
      }
      return named;
    }
    if (alias > options.topicAliasMaximum()) {
      throw new ProtocolException(
          MqttReason.TOPIC_ALIAS_INVALID,
          "topic alias " + alias + ", at most " + options.topicAliasMaximum() + " are accepted",
          "MQTT 5.0 §3.3.2.3.4");
    }
    @Nullable Address[] table = aliases;
    if (table == null) {
      table = new Address[options.topicAliasMaximum() + 1];
      aliases = table;
    }
    if (named != null) {
      table[alias] = named;
      return named;
    }
    Address known = table[alias];
    if (known == null) {
      throw PacketReader.protocolError(
          "topic alias " + alias + " stands for no topic", "§3.3.2.3.4");
    }
    return known;
  }

  // ---- acknowledgements

  /** A queue had a publish before and does not take it again. */
  void onRepeat(long ticket) {
    acks.markRepeated(ticket);
  }

  /** A publish that had to wait has no queue any more. */
  void onUnrouted(long ticket, Effects<MqttFrame> out) {
    acks.complete(ticket, unroutable(acks.isQos2(ticket) ? 2 : 1));
    sendAcks(out);
  }

  /** The broker stored or refused a publish. */
  void onConfirm(long ticket, boolean accepted, Effects<MqttFrame> out) {
    if (accepted) {
      acks.complete(ticket, MqttReason.SUCCESS);
    } else {
      refuse(ticket, MqttReason.QUOTA_EXCEEDED, out);
    }
    sendAcks(out);
  }

  /**
   * The client may discard its side too. An id that is not known was released before: the client
   * lost our PUBCOMP, and all is well.
   */
  void onPubRel(PubRel release, Effects<MqttFrame> out) {
    int packetId = release.packetId();
    boolean isKnown = received.get(packetId) || holders.containsKey(packetId);
    forget(packetId);
    if (notes != null && isKnown) {
      releasing.set(packetId);
      notes.released(packetId, out);
    } else if (!releasing.get(packetId)) {
      out.send(new PubComp(packetId, MqttReason.SUCCESS, MqttProperties.NONE));
    }
  }

  private void forget(int packetId) {
    received.clear(packetId);
    if (!holders.isEmpty()) {
      holders.remove(packetId);
    }
    if (counted.get(packetId)) {
      counted.clear(packetId);
      countedQos2--;
    }
  }

  private void sendAcks(Effects<MqttFrame> out) {
    while (acks.isHeadComplete()) {
      int packetId = acks.headPacketId();
      int reason = acks.headReason();
      boolean isQos2 = acks.isHeadQos2();
      boolean isRepeat = acks.isHeadRepeated();
      acks.removeHead();
      if (isQos2 && MqttReason.isFailure(reason)) {
        forget(packetId);
      }
      if (!peer.isV5() && MqttReason.isFailure(reason) && reason != MqttReason.NOT_AUTHORIZED) {
        // 3.x cannot say that a publish failed. Without an acknowledgement and a new connection
        // the client sends it again, which is all it can do (MQTT 3.1.1 §4.4).
        out.close("publish_refused");
        return;
      }
      MqttProperties why =
          isRepeat && reason == MqttReason.SUCCESS
              ? peer.because("a queue had this message before")
              : explanation(reason);
      int told = options.told(reason);
      if (isQos2) {
        peer.answer(
            new PubRec(packetId, told, why), new PubRec(packetId, told, MqttProperties.NONE), out);
      } else {
        peer.answer(
            new PubAck(packetId, told, why), new PubAck(packetId, told, MqttProperties.NONE), out);
      }
    }
  }

  private MqttProperties explanation(int reason) {
    return switch (reason) {
      case MqttReason.NOT_AUTHORIZED ->
          options.revealsReasons()
              ? peer.because("not allowed to publish to this topic")
              : MqttProperties.NONE;
      case MqttReason.QUOTA_EXCEEDED -> peer.because("a queue for this topic is full");
      case MqttReason.IMPLEMENTATION_SPECIFIC_ERROR -> peer.because("the exchange is missing");
      default -> MqttProperties.NONE;
    };
  }
}
