package io.serai.gateway.coap;

import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.gateway.coap.Observer.Notified;
import io.serai.gateway.coap.Requests.Notification;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Sends the notifications of one peer over UDP as fast as congestion control lets it (RFC 7641
 * §4.5): confirmable ones in the room of NSTART, others by their pace, and of each observation only
 * the newest. Confined to the connection's event loop.
 */
final class Notifier {
  private static final int NO_MESSAGE = -1;

  /** At least so often one is confirmable (RFC 7641 §4.5). */
  private static final long CONFIRM_MILLIS = 24 * 3_600_000L;

  private record Done(Relation relation, long tag, Notified outcome) {}

  private final CoapSettings settings;
  private final Requests requests;
  private final Transmissions transmissions;
  private final MessageIds messageIds;
  private final AddressCheck address;
  private final NotificationPace pace = new NotificationPace();

  /** Relations with something to send; each once. Made when first needed. */
  private @Nullable Queue<Relation> row;

  /** What observers have to be told when nobody is in the middle of something. */
  private @Nullable Queue<Done> done;

  Notifier(
      CoapSettings settings,
      Requests requests,
      Transmissions transmissions,
      MessageIds messageIds,
      AddressCheck address) {
    this.settings = settings;
    this.requests = requests;
    this.transmissions = transmissions;
    this.messageIds = messageIds;
    this.address = address;
  }

  /** Puts a relation into the row; {@link #pump} sends. */
  void offer(Relation relation) {
    if (!relation.isInRow && !relation.isUnderway) {
      Queue<Relation> waiting = row;
      if (waiting == null) {
        waiting = new ArrayDeque<>(4);
        row = waiting;
      }
      relation.isInRow = true;
      waiting.add(relation);
    }
  }

  /** Sends what may be sent, and tells observers what has become of theirs. */
  void pump(Effects<CoapFrame> out) {
    do {
      sendRow(out);
    } while (tellDone(out));
  }

  private void sendRow(Effects<CoapFrame> out) {
    Queue<Relation> waiting = row;
    for (int left = waiting == null ? 0 : waiting.size(); waiting != null && left > 0; left--) {
      Relation relation = waiting.remove();
      relation.isInRow = false;
      if (relation.isActive() && relation.waiting() != null && !send(relation, out)) {
        relation.isInRow = true;
        waiting.add(relation);
      }
    }
  }

  /** Sends a relation's newest state; false when it has to wait. */
  private boolean send(Relation relation, Effects<CoapFrame> out) {
    Relation.Waiting next = relation.waiting();
    if (next == null || relation.isUnderway) {
      return true;
    }
    if (!address.isProven()) {
      return false; // the session has asked
    }
    long now = out.clockMillis();
    boolean isConfirmable = next.isConfirmable() || mustConfirm(relation, now);
    if (messageIds.isShort(now) || !(isConfirmable ? transmissions.hasRoom() : pace.take(now))) {
      return false;
    }
    relation.take();
    CoapMessage message = message(relation, next, isConfirmable, out);
    if (isConfirmable) {
      relation.isUnderway = true;
      relation.underwayTag = next.tag();
      relation.lastMessageId = NO_MESSAGE;
      transmissions.start(new Transmission(message, relation), out);
    } else {
      relation.lastMessageId = message.messageId();
      relation.unconfirmed++;
      out.send(message);
      tell(relation, next.tag(), Notified.SENT);
    }
    return true;
  }

  /** Whether it has to be found out if the peer is there, or how far away it is. */
  private boolean mustConfirm(Relation relation, long clockMillis) {
    return !pace.isKnown()
        || relation.unconfirmed >= settings.confirmEvery()
        || clockMillis - relation.confirmedMillis >= CONFIRM_MILLIS;
  }

  private CoapMessage message(
      Relation relation, Relation.Waiting state, boolean isConfirmable, Effects<CoapFrame> out) {
    Notification notification = requests.notification(relation, state.state(), out);
    return new CoapMessage(
        isConfirmable ? CoapType.CON : CoapType.NON,
        messageIds.next(),
        notification.code(),
        relation.token(),
        notification.options(),
        notification.payload());
  }

  /** What to send in place of a notification that must be repeated: the newest state. */
  CoapMessage newest(Transmission one, Relation relation, Effects<CoapFrame> out) {
    pace.lost();
    Relation.Waiting newer = relation.take();
    if (newer == null) {
      return one.message;
    }
    tell(relation, relation.underwayTag, Notified.SUPERSEDED);
    relation.underwayTag = newer.tag();
    return message(relation, newer, true, out);
  }

  /** A message was acknowledged. */
  void acknowledged(Transmission one, long clockMillis) {
    if (one.retransmitted == 0) {
      pace.measured(clockMillis - one.firstSentMillis);
    }
    Relation relation = one.relation;
    if (relation != null) {
      relation.isUnderway = false;
      relation.unconfirmed = 0;
      relation.confirmedMillis = clockMillis;
      tell(relation, relation.underwayTag, Notified.ACKED);
      if (relation.waiting() != null) {
        offer(relation);
      }
    }
  }

  private void tell(Relation relation, long tag, Notified outcome) {
    Queue<Done> all = done;
    if (all == null) {
      all = new ArrayDeque<>(4);
      done = all;
    }
    all.add(new Done(relation, tag, outcome));
  }

  /** Tells observers; false when there was nothing to tell. */
  private boolean tellDone(Effects<CoapFrame> out) {
    Queue<Done> all = done;
    if (all == null || all.isEmpty()) {
      return false;
    }
    for (Done next = all.poll(); next != null; next = all.poll()) {
      next.relation.notified(next.tag, next.outcome, out);
    }
    return true;
  }

  /** When something that waits for its pace may be sent; {@link Long#MAX_VALUE} for never. */
  long nextMillis(long clockMillis) {
    Queue<Relation> waiting = row;
    if (waiting != null && address.isProven()) {
      for (Relation relation : waiting) {
        Relation.Waiting next = relation.waiting();
        boolean needsRoom =
            next == null || next.isConfirmable() || mustConfirm(relation, clockMillis);
        if (!needsRoom || transmissions.hasRoom()) {
          return Math.max(clockMillis + 1, pace.nextMillis(clockMillis));
        }
      }
    }
    return Long.MAX_VALUE; // an acknowledgement or reset, or the want of one, makes room
  }
}
