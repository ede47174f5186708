package io.serai.gateway.mqtt;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.gateway.Effects;
import io.serai.gateway.mqtt.MqttFrame.PubRel;
import io.serai.gateway.mqtt.SessionState.OfGroup;
import io.serai.gateway.mqtt.SessionState.Unfinished;
import io.serai.model.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What the client gets: deliveries out of its queue as PUBLISH, and its acknowledgements as
 * settlements. A message is settled when it was written (QoS 0), when PUBACK came (QoS 1) or when
 * PUBREC came (QoS 2; only the packet id is left then).
 *
 * <p>While the client has no room for another QoS 1 or 2 message those wait here, in order; QoS 0
 * goes past them (MQTT 5.0 §4.9 leaves that to the sender, §4.6 orders messages of one QoS).
 *
 * <p>In a session that outlives its connection a QoS 2 message is sent once it is noted which
 * packet id it has ({@link QosTwoNotes}); what comes behind it is sent behind it.
 *
 * <p>When a session is resumed its unacknowledged messages come out of the queue again, first and
 * in order, and are recognized by their place in it: they keep their packet id and are marked DUP.
 * Those of a shared subscription went to another member of the group, unless they are QoS 2.
 */
final class OutboundFlow {
  /** How often a message that members of a group cannot take is offered to them. */
  private static final int GROUP_ROUNDS = 16;

  private final OutgoingPublishes publishes;
  private final InflightTable inflight = new InflightTable();

  /** Messages an earlier connection had sent, by place in the queue, until they come again. */
  private final Deque<Inflight> expected = new ArrayDeque<>(0);

  /**
   * Deliveries the client has no room for, or that came too late to be sent. Bounded by the credit
   * that was out: {@link CreditWindow#AHEAD}, and {@link SharedGroups#MOST_PER_MEMBER} a group.
   */
  private final Deque<Delivery> waiting = new ArrayDeque<>(0);

  /** Messages of groups that an earlier connection did not complete, to be sent again. */
  private final Deque<Inflight> repeats = new ArrayDeque<>(0);

  /** Messages with a packet id that are not sent yet, in order; they count in the quota. */
  private final Deque<Inflight> unsent = new ArrayDeque<>(0);

  private final @Nullable QosTwoNotes notes;
  private final SendQuota quota;
  private final SharedGroups groups;
  private long nextRelease;
  private @Nullable CreditWindow window;

  /**
   * @param notes null in a session that ends with its connection
   */
  OutboundFlow(Peer peer, MqttOptions options, SessionState state, @Nullable QosTwoNotes notes) {
    this.notes = notes;
    this.publishes = new OutgoingPublishes(peer, options);
    this.quota = new SendQuota(Math.min(peer.receiveMaximum(), options.maxInflight()));
    this.groups = new SharedGroups(quota);
    List<Inflight> again = new ArrayList<>();
    for (Unfinished one : state.outbound()) {
      Inflight entry = new Inflight(one.packetId(), one.qos(), one.sequence());
      entry.ofGroup = one.ofGroup();
      inflight.restore(entry);
      if (one.isReleased()) {
        markReleased(entry);
        take(entry);
      } else if (one.ofGroup() != null) {
        repeats.add(entry);
      } else {
        again.add(entry);
      }
    }
    again.sort(Comparator.comparingLong(entry -> Delivery.turn(entry.sequence)));
    expected.addAll(again);
    if (state.isPartial()) { // of a program that noted nothing
      // The client may still hold packet ids of QoS 2 messages that we do not know of: a message
      // under one of them would count as sent before.
      inflight.startAfter(ThreadLocalRandom.current().nextInt(InflightTable.MAX_PACKET_ID));
    }
  }

  /**
   * What has to be written down of what is under way: messages that no queue has any more. How far
   * they are is noted beside.
   */
  List<Unfinished> onlyHere() {
    return unfinished().stream().filter(one -> one.ofGroup() != null).toList();
  }

  /** Reads the session's own queue through {@code consumer} from now on. */
  void read(ConsumerRef consumer, boolean acknowledges) {
    window = acknowledges ? CreditWindow.of(consumer, quota) : CreditWindow.adapting(consumer);
  }

  /** The shared subscriptions. */
  SharedGroups groups() {
    return groups;
  }

  /** Takes up where the last connection ended: PUBRELs again, then the queue is opened. */
  void resume(Effects<MqttFrame> out) {
    for (Inflight entry : inflight.inOrder()) {
      if (entry.isReleased()) {
        out.send(new PubRel(entry.packetId, MqttReason.SUCCESS, MqttProperties.NONE));
      }
    }
    refill(out);
  }

  /** What the client has not completed. */
  List<Unfinished> unfinished() {
    return inflight.unfinished();
  }

  /** Keeps what was on its way when the session's end began, for {@link #returnUnsettled}. */
  void hold(List<Delivery> deliveries) {
    for (Delivery delivery : deliveries) {
      if (delivery.unsettledIndex() >= 0) {
        waiting.add(delivery);
      }
    }
  }

  /** Gives unacknowledged messages back to the queue: another connection may take over. */
  void returnUnsettled(Effects<MqttFrame> out) {
    waiting.forEach(delivery -> out.settle(delivery, Outcome.RETURNED));
    waiting.clear();
    for (Inflight entry : inflight.all()) {
      Delivery delivery = entry.delivery;
      if (delivery != null && entry.ofGroup == null) {
        out.settle(delivery, Outcome.RETURNED);
      }
    }
  }

  /**
   * Gives the groups' messages back for other members; one of QoS 2 is this client's or nobody's
   * (MQTT 5.0 §4.8.2).
   */
  void leaveGroups(Effects<MqttFrame> out) {
    for (Inflight entry : inflight.all()) {
      Delivery delivery = entry.delivery;
      if (delivery != null && entry.ofGroup != null) {
        out.settle(delivery, entry.qos == 2 ? Outcome.ACCEPTED : Outcome.RETURNED);
      }
    }
  }

  // ---- deliveries

  void deliver(List<Delivery> deliveries, Effects<MqttFrame> out) {
    for (int i = 0; i < deliveries.size(); i++) {
      Delivery delivery = deliveries.get(i);
      if (SharedGroups.isShared(delivery)) {
        deliverShared(delivery, out);
      } else {
        deliverOwn(delivery, out);
      }
    }
    pump(out);
  }

  private void deliverOwn(Delivery delivery, Effects<MqttFrame> out) {
    CreditWindow credit = window;
    if (credit == null) {
      return; // of a consumer that was cancelled; its queue has them again
    }
    Message message = delivery.message();
    credit.arrived(message.body().length());
    if (delivery.unsettledIndex() < 0) {
      publishes.send(message, delivery.match(), 0, 0, false, out);
    } else if (qos(delivery) == 0) {
      publishes.send(message, delivery.match(), 0, 0, false, out);
      out.settle(delivery, Outcome.ACCEPTED);
    } else if (isOpen()) {
      sendUnsettled(delivery, out);
    } else {
      waiting.add(delivery);
    }
  }

  /** Whether a message that the client has to acknowledge may be sent now, in its turn. */
  private boolean isOpen() {
    return waiting.isEmpty() && repeats.isEmpty() && quota.hasRoom();
  }

  private void deliverShared(Delivery delivery, Effects<MqttFrame> out) {
    SharedGroups.Member member = groups.find(delivery);
    if (member == null) {
      out.settle(delivery, Outcome.RETURNED); // the session has left the group
      return;
    }
    groups.arrived(member);
    if (qos(delivery, member) == 0) {
      boolean isSent = publishes.send(delivery.message(), member.match, 0, 0, false, out);
      out.settle(delivery, isSent ? Outcome.ACCEPTED : unsent(delivery, out));
      groups.done(member, out);
    } else if (isOpen()) {
      sendShared(delivery, out);
    } else {
      waiting.add(delivery);
    }
  }

  /**
   * What becomes of a group's message that this member cannot take: another may be able to (MQTT
   * 5.0 §3.1.2.11.4). When none is, it goes round a few times and is dropped.
   */
  private static Outcome unsent(Delivery delivery, Effects<MqttFrame> out) {
    return delivery.deliveryCount() < GROUP_ROUNDS
            && delivery.message().expiresAtMillis() > out.nowMillis()
        ? Outcome.RETURNED
        : Outcome.ACCEPTED;
  }

  private static int qos(Delivery delivery, SharedGroups.Member member) {
    return Math.min(SubscriptionMatch.publishQos(delivery.message()), member.match.qos());
  }

  private static int qos(Delivery delivery) {
    int published = SubscriptionMatch.publishQos(delivery.message());
    return delivery.match() instanceof SubscriptionMatch match
        ? Math.min(published, match.qos())
        : published;
  }

  /** Sends a message that the client has to acknowledge. */
  private void sendUnsettled(Delivery delivery, Effects<MqttFrame> out) {
    Inflight again = expected.isEmpty() ? null : takeExpected(delivery.sequence(), out);
    Inflight entry = again == null ? inflight.add(qos(delivery), delivery.sequence()) : again;
    entry.isRepeated = again != null;
    send(entry, delivery, out);
  }

  /** Sends a group's message that the client has to acknowledge. */
  private void sendShared(Delivery delivery, Effects<MqttFrame> out) {
    SharedGroups.Member member = groups.find(delivery);
    if (member == null) {
      out.settle(delivery, Outcome.RETURNED); // the session has left the group
      return;
    }
    int qos = Math.max(1, qos(delivery, member)); // it may have subscribed anew meanwhile
    Inflight entry = inflight.add(qos, Unfinished.NO_PLACE);
    entry.ofGroup = new OfGroup(delivery.message(), member.match);
    entry.member = member;
    send(entry, delivery, out);
  }

  /** Sends a message, now or when it is its turn and what has to be noted is safe. */
  private void send(Inflight entry, Delivery delivery, Effects<MqttFrame> out) {
    entry.delivery = delivery;
    take(entry);
    boolean mustNote = notes != null && entry.qos == 2 && !entry.isRepeated;
    if (!mustNote && unsent.isEmpty()) {
      transmit(entry, delivery, out);
      return;
    }
    entry.isUnsent = true;
    entry.isNoted = !mustNote;
    unsent.add(entry);
    if (notes != null && mustNote) {
      entry.queue = delivery.consumer().queue();
      notes.assigned(entry, entry.queue, out);
    }
  }

  private void transmit(Inflight entry, Delivery delivery, Effects<MqttFrame> out) {
    OfGroup ofGroup = entry.ofGroup;
    boolean isSent =
        publishes.send(
            delivery.message(),
            ofGroup == null ? delivery.match() : ofGroup.match(),
            entry.qos,
            entry.packetId,
            entry.isRepeated,
            out);
    if (!isSent) { // the client takes no packet that large
      entry.delivery = null;
      boolean isForOthers = ofGroup != null && !entry.isRepeated;
      out.settle(delivery, isForOthers ? unsent(delivery, out) : Outcome.ACCEPTED);
      if (entry.isRepeated) {
        abandon(entry, out);
      } else {
        end(entry, out);
      }
    }
  }

  /** What was noted of a message is safe. */
  void onNoted(QosTwoNotes.Step step, int packetId, Effects<MqttFrame> out) {
    Inflight entry = inflight.find(packetId);
    if (entry == null) {
      return;
    }
    entry.isNoted = true;
    switch (step) {
      case ASSIGNED -> sendNoted(out);
      case TAKEN -> out.send(new PubRel(packetId, MqttReason.SUCCESS, MqttProperties.NONE));
      case DONE -> inflight.remove(entry);
      case RELEASED, REFUSED -> {} // what the client publishes
    }
  }

  private void sendNoted(Effects<MqttFrame> out) {
    Inflight first;
    while ((first = unsent.peek()) != null && first.isNoted) {
      unsent.remove();
      first.isUnsent = false;
      Delivery delivery = first.delivery;
      if (delivery != null) {
        transmit(first, delivery, out);
      }
    }
  }

  /** The message of an earlier connection at {@code sequence}, if it is one. */
  private @Nullable Inflight takeExpected(long sequence, Effects<MqttFrame> out) {
    Inflight next;
    while ((next = expected.peek()) != null
        && Delivery.turn(next.sequence) <= Delivery.turn(sequence)) {
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
      markReleased(entry);
      out.send(new PubRel(entry.packetId, MqttReason.SUCCESS, MqttProperties.NONE));
    } else {
      end(entry, out);
    }
  }

  private void markReleased(Inflight entry) {
    entry.isNoted = true;
    entry.releaseOrder = nextRelease++;
  }

  private void take(Inflight entry) {
    entry.isCounted = true;
    quota.take(1);
  }

  /** Sends a group's message of an earlier connection again. */
  private void repeat(Inflight entry, Effects<MqttFrame> out) {
    OfGroup what = entry.ofGroup;
    if (what != null
        && publishes.send(what.message(), what.match(), entry.qos, entry.packetId, true, out)) {
      take(entry);
    } else {
      abandon(entry, out);
    }
  }

  // ---- acknowledgements

  void onPubAck(int packetId, int reason, Effects<MqttFrame> out) {
    Inflight entry = sent(packetId);
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

  /** The message that was sent under a packet id and is not completed. */
  private @Nullable Inflight sent(int packetId) {
    Inflight entry = inflight.find(packetId);
    return entry == null || entry.isUnsent || entry.isOver ? null : entry;
  }

  void onPubRec(int packetId, int reason, Effects<MqttFrame> out) {
    Inflight entry = sent(packetId);
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
    if (!entry.isReleased()) {
      if (!settle(entry, reason, out)) {
        return;
      }
      if (MqttReason.isFailure(reason)) {
        complete(entry, out);
        return;
      }
      markReleased(entry);
      if (notes != null) {
        entry.isNoted = false;
        notes.taken(entry, entry.queue, out);
        return; // PUBREL follows
      }
    }
    if (entry.isNoted) {
      out.send(new PubRel(packetId, MqttReason.SUCCESS, MqttProperties.NONE));
    }
  }

  void onPubComp(int packetId, Effects<MqttFrame> out) {
    Inflight entry = sent(packetId);
    if (entry == null) {
      return;
    }
    if (!entry.isReleased()) {
      throw PacketReader.protocolError("PUBCOMP before PUBREC", "§4.3.3");
    }
    complete(entry, out);
  }

  /** Settles what the client took or refused; false when it is not here to be settled. */
  private boolean settle(Inflight entry, int reason, Effects<MqttFrame> out) {
    Delivery delivery = entry.delivery;
    if (delivery == null) {
      // A group let go of it before. Else it is of an earlier connection and was not sent again
      // yet: the answer comes again too.
      return entry.ofGroup != null && entry.isCounted;
    }
    entry.delivery = null;
    entry.queue = delivery.consumer().queue();
    out.settle(delivery, MqttReason.isFailure(reason) ? Outcome.REJECTED : Outcome.ACCEPTED);
    return true;
  }

  private void complete(Inflight entry, Effects<MqttFrame> out) {
    end(entry, out);
    pump(out);
  }

  /** Nothing more comes of a message; its packet id is free, at once or when that is noted. */
  private void end(Inflight entry, Effects<MqttFrame> out) {
    if (notes != null && entry.qos == 2) {
      entry.isOver = true;
      notes.done(entry, out);
    } else {
      inflight.remove(entry);
    }
    if (entry.isCounted) {
      entry.isCounted = false;
      quota.give(1);
    }
    if (entry.member != null) {
      groups.done(entry.member, out);
    }
  }

  // ---- places and credit

  /** Sees to it that more comes, if the client keeps up. */
  void refill(Effects<MqttFrame> out) {
    groups.refill(out);
    pump(out);
  }

  /** Fills the places that are free, and gets more for the session's own queue. */
  private void pump(Effects<MqttFrame> out) {
    while (quota.hasRoom() && !(repeats.isEmpty() && waiting.isEmpty())) {
      if (!repeats.isEmpty()) {
        repeat(repeats.remove(), out);
      } else if (SharedGroups.isShared(waiting.element())) {
        sendShared(waiting.remove(), out);
      } else {
        sendUnsettled(waiting.remove(), out);
      }
    }
    CreditWindow credit = window;
    if (credit != null) {
      credit.refill(quota.taken() + waiting.size(), out);
    }
  }
}
