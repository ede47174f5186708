package io.serai.gateway.mqtt;

import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.gateway.Effects;
import io.serai.gateway.mqtt.MqttFrame.PubRel;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.gateway.mqtt.SessionState.Unfinished;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the client gets: deliveries out of its queue as PUBLISH, and its acknowledgements as
 * settlements. A message is settled when it was written (QoS 0), when PUBACK came (QoS 1) or when
 * PUBREC came (QoS 2; only the packet id is left then).
 *
 * <p>When a session is resumed its unacknowledged messages come out of the queue again, first and
 * in order, and are recognized by their place in it: they keep their packet id and are marked DUP.
 */
final class OutboundFlow {
  private static final int MAX_NAME_BYTES = 65_535;
  private static final List<Integer> NO_IDS = List.of();

  private final Peer peer;
  private final InflightTable inflight = new InflightTable();

  /** Messages an earlier connection had sent, by place in the queue, until they come again. */
  private final Deque<Inflight> expected = new ArrayDeque<>();

  /** Deliveries that came too late to be sent; bounded by the credit that was out. */
  private final List<Delivery> held = new ArrayList<>(0);

  private final @Nullable TopicAliases aliases;
  private @Nullable CreditWindow window;

  OutboundFlow(Peer peer, MqttOptions options, List<Unfinished> unfinished) {
    this.peer = peer;
    int most = Math.min(peer.topicAliasMaximum(), options.topicAliasMaximum());
    this.aliases = most > 0 ? new TopicAliases(most) : null;
    List<Inflight> waiting = new ArrayList<>();
    for (Unfinished one : unfinished) {
      Inflight entry = new Inflight(one.packetId(), one.qos(), one.sequence());
      entry.isReleased = one.isReleased();
      inflight.restore(entry);
      if (!entry.isReleased) {
        waiting.add(entry);
      }
    }
    waiting.sort(Comparator.comparingLong(entry -> entry.sequence));
    expected.addAll(waiting);
  }

  /** The consumer's credit from now on. */
  void useCredit(CreditWindow credit) {
    window = credit;
  }

  /** Takes up where the last connection ended: PUBRELs again, then the queue is opened. */
  void resume(Effects<MqttFrame> out) {
    for (Inflight entry : inflight.all()) {
      if (entry.isReleased) {
        out.send(new PubRel(entry.packetId, MqttReason.SUCCESS, MqttProperties.NONE));
      }
    }
    refill(out);
  }

  /** What the client has not completed, in the order it was sent. */
  List<Unfinished> unfinished() {
    List<Inflight> all = inflight.all();
    all.sort(Comparator.comparingLong(entry -> entry.sequence));
    return all.stream()
        .map(e -> new Unfinished(e.packetId, e.sequence, e.qos, e.isReleased))
        .toList();
  }

  /** Keeps what was on its way when the session's end began, for {@link #returnUnsettled}. */
  void hold(List<Delivery> deliveries) {
    for (Delivery delivery : deliveries) {
      if (delivery.unsettledIndex() >= 0) {
        held.add(delivery);
      }
    }
  }

  /** Gives unacknowledged messages back to the queue: another connection may take over. */
  void returnUnsettled(Effects<MqttFrame> out) {
    held.forEach(delivery -> out.settle(delivery, Outcome.RETURNED));
    held.clear();
    for (Inflight entry : inflight.all()) {
      Delivery delivery = entry.delivery;
      if (delivery != null) {
        out.settle(delivery, Outcome.RETURNED);
      }
    }
  }

  // ---- deliveries

  void deliver(List<Delivery> deliveries, Effects<MqttFrame> out) {
    CreditWindow credit = window;
    if (credit == null) {
      return; // left over from a consumer that was cancelled; its queue has them again
    }
    for (int i = 0; i < deliveries.size(); i++) {
      Delivery delivery = deliveries.get(i);
      if (delivery.unsettledIndex() < 0) {
        credit.passed(delivery.message().body().length());
        forward(delivery, 0, 0, false, out);
      } else {
        deliverUnsettled(delivery, credit, out);
      }
    }
    credit.refill(out);
  }

  private void deliverUnsettled(Delivery delivery, CreditWindow credit, Effects<MqttFrame> out) {
    Inflight again = expected.isEmpty() ? null : takeExpected(delivery.sequence(), out);
    int qos = again == null ? qos(delivery) : again.qos;
    if (qos == 0) {
      forward(delivery, 0, 0, false, out);
      out.settle(delivery, Outcome.ACCEPTED);
      credit.passed(delivery.message().body().length());
      return;
    }
    Inflight entry = again == null ? inflight.add(qos, delivery.sequence()) : again;
    if (forward(delivery, qos, entry.packetId, again != null, out)) {
      entry.delivery = delivery;
      entry.isCounted = true;
      credit.sent();
    } else {
      out.settle(delivery, Outcome.ACCEPTED);
      credit.passed(delivery.message().body().length());
      if (again == null) {
        inflight.remove(entry);
      } else {
        abandon(entry, out);
      }
    }
  }

  private static int qos(Delivery delivery) {
    int published = SubscriptionMatch.publishQos(delivery.message());
    return delivery.match() instanceof SubscriptionMatch match
        ? Math.min(published, match.qos())
        : published;
  }

  /** The message of an earlier connection at {@code sequence}, if it is one. */
  private @Nullable Inflight takeExpected(long sequence, Effects<MqttFrame> out) {
    Inflight next;
    while ((next = expected.peek()) != null && next.sequence <= sequence) {
      expected.remove();
      if (next.sequence == sequence) {
        return next;
      }
      abandon(next, out); // the queue no longer has it: it expired or was dropped
    }
    return null;
  }

  /**
   * Ends a delivery that cannot be repeated. A QoS 2 client may hold the packet id, so it is
   * released before the id is used for anything else.
   */
  private void abandon(Inflight entry, Effects<MqttFrame> out) {
    if (entry.qos == 2) {
      entry.isReleased = true;
      out.send(new PubRel(entry.packetId, MqttReason.SUCCESS, MqttProperties.NONE));
    } else {
      inflight.remove(entry);
    }
  }

  /**
   * Sends one message.
   *
   * @param packetId 0 for QoS 0
   * @param isDup whether an earlier connection sent it under the same packet id
   * @return false when it cannot be sent: expired, too large, or without a topic MQTT can write
   */
  private boolean forward(
      Delivery delivery, int qos, int packetId, boolean isDup, Effects<MqttFrame> out) {
    Message message = delivery.message();
    long expirySeconds = -1;
    long expiresAt = message.expiresAtMillis();
    if (expiresAt != Long.MAX_VALUE) {
      long leftMillis = expiresAt - out.nowMillis();
      if (leftMillis <= 0 && !isDup) {
        return false; // a delivery that has begun is finished (MQTT 5.0 §3.3.2.3.3)
      }
      expirySeconds = Math.max(1, (leftMillis + 999) / 1000);
    }
    Address address = message.address();
    MqttEncoding encoding =
        message.encoding() instanceof MqttEncoding own ? own : message.as(MqttMapping.TO_MQTT);
    boolean isRetain = false;
    List<Integer> ids = NO_IDS;
    if (delivery.match() instanceof SubscriptionMatch match) {
      isRetain = match.isRetainedCopy() || match.retainAsPublished() && encoding.isRetain();
      ids = match.identifiers();
    }
    Publish publish =
        new Publish(
            address,
            encoding,
            message.body(),
            qos,
            isDup,
            isRetain,
            packetId,
            0,
            ids,
            expirySeconds);
    if (!isNameable(address.topic()) || !peer.accepts(publish)) {
      return false;
    }
    out.send(aliases == null ? publish : aliased(publish, aliases, address.topic()));
    return true;
  }

  private static boolean isNameable(Topic topic) {
    byte[] name = topic.utf8(Spelling.SLASH);
    if (topic.ownSpelling() == Spelling.SLASH) {
      return name.length > 0; // an MQTT topic, or one a gateway checked as such
    }
    if (name.length == 0 || name.length > MAX_NAME_BYTES) {
      return false;
    }
    for (byte b : name) {
      if (b == 0) {
        return false;
      }
    }
    return true;
  }

  private static Publish aliased(Publish publish, TopicAliases aliases, Topic topic) {
    int known = aliases.find(topic);
    int alias = known > 0 ? known : aliases.assign(topic);
    if (alias == 0) {
      return publish;
    }
    return new Publish(
        known > 0 ? null : publish.address(),
        publish.encoding(),
        publish.body(),
        publish.qos(),
        publish.isDup(),
        publish.isRetain(),
        publish.packetId(),
        alias,
        publish.subscriptionIds(),
        publish.expirySeconds());
  }

  // ---- acknowledgements

  void onPubAck(int packetId, int reason, Effects<MqttFrame> out) {
    Inflight entry = inflight.get(packetId);
    if (entry == null) {
      return; // nothing to acknowledge: a late answer to an earlier connection
    }
    if (entry.qos != 1) {
      throw PacketReader.protocolError("PUBACK for a QoS 2 message", "§4.3.3");
    }
    if (settle(entry, reason, out)) {
      complete(entry, out);
    }
  }

  void onPubRec(int packetId, int reason, Effects<MqttFrame> out) {
    Inflight entry = inflight.get(packetId);
    if (entry == null) {
      if (!MqttReason.isFailure(reason)) {
        // Left from before we lost the session: the client waits for a PUBREL to finish with it.
        out.send(new PubRel(packetId, MqttReason.SUCCESS, MqttProperties.NONE));
      }
      return;
    }
    if (entry.qos != 2) {
      throw PacketReader.protocolError("PUBREC for a QoS 1 message", "§4.3.2");
    }
    if (!entry.isReleased) {
      if (!settle(entry, reason, out)) {
        return;
      }
      if (MqttReason.isFailure(reason)) {
        complete(entry, out);
        return;
      }
      entry.isReleased = true;
    }
    out.send(new PubRel(packetId, MqttReason.SUCCESS, MqttProperties.NONE));
  }

  void onPubComp(int packetId, Effects<MqttFrame> out) {
    Inflight entry = inflight.get(packetId);
    if (entry == null) {
      return;
    }
    if (!entry.isReleased) {
      throw PacketReader.protocolError("PUBCOMP before PUBREC", "§4.3.3");
    }
    complete(entry, out);
  }

  /** Settles what the client took or refused; false when it is not here to be settled. */
  private boolean settle(Inflight entry, int reason, Effects<MqttFrame> out) {
    Delivery delivery = entry.delivery;
    if (delivery == null) {
      return false; // of an earlier connection and not sent again yet: the answer comes again too
    }
    entry.delivery = null;
    out.settle(delivery, MqttReason.isFailure(reason) ? Outcome.REJECTED : Outcome.ACCEPTED);
    return true;
  }

  private void complete(Inflight entry, Effects<MqttFrame> out) {
    inflight.remove(entry);
    CreditWindow credit = window;
    if (entry.isCounted && credit != null) {
      credit.acknowledged();
      credit.refill(out);
    }
  }

  /** Grants credit, if the client keeps up. */
  void refill(Effects<MqttFrame> out) {
    CreditWindow credit = window;
    if (credit != null) {
      credit.refill(out);
    }
  }
}
