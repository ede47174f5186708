package io.serai.gateway.mqtt;

import io.serai.bus.Delivery;
import io.serai.bus.PublishOnce;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionItem;
import io.serai.bus.SessionNote;
import io.serai.gateway.Effects;
import io.serai.gateway.mqtt.SessionState.OfGroup;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a session that outlives its connection has the broker note of its QoS 2 messages, so that
 * each arrives exactly once also when the node ends without a word in the middle. Every step that
 * the other side may rely on is safe before it is told:
 *
 * <ul>
 *   <li>inbound, each queue's message with the packet id it came under, before PUBREC; that the id
 *       is free again, before PUBCOMP
 *   <li>outbound, which message a packet id stands for, before PUBLISH; that the client has it,
 *       together with the settling of the message, before PUBREL; that it is over, before the id is
 *       used again
 * </ul>
 */
final class QosTwoNotes {
  /** What a note is about that has become safe. */
  enum Step {
    /** A publish that came was released. */
    RELEASED,
    /** A publish that came was refused: nothing is left of it. */
    REFUSED,
    /** A packet id stands for a message. */
    ASSIGNED,
    /** The client has it. */
    TAKEN,
    /** It is over. */
    DONE
  }

  /** Of an outbound message: the client may have it under its packet id. */
  static final int STATE_ASSIGNED = 1;

  /** Of an outbound message: the client has it (PUBREC came). */
  static final int STATE_TAKEN = 2;

  private static final Step[] STEPS = Step.values();
  private static final int STEP_SHIFT = 48;
  private static final long SUBJECT_MASK = (1L << STEP_SHIFT) - 1;

  /** A token of notes that nobody waits for. */
  static final long NOT_AWAITED = -1;

  private final Peer peer;

  /** Which of the client id's sessions it is. */
  final long session;

  QosTwoNotes(Peer peer, long session) {
    this.peer = peer;
    this.session = session;
  }

  private SessionItem item(int packetId) {
    return new SessionItem(peer.caller().vhost(), peer.clientId(), session, packetId);
  }

  private static long token(Step step, long subject) {
    return (long) step.ordinal() << STEP_SHIFT | subject;
  }

  /** What a token that came back is about; not for {@link #NOT_AWAITED}. */
  static Step step(long token) {
    return STEPS[(int) (token >>> STEP_SHIFT)];
  }

  /** The packet id, or what {@link #refused} was given. */
  static long subject(long token) {
    return token & SUBJECT_MASK;
  }

  // ---- inbound

  /**
   * A publish.
   *
   * @param holders who has it from an attempt before the node ended
   */
  PublishOnce once(int packetId, Set<Long> holders) {
    return new PublishOnce(item(packetId), holders);
  }

  void released(int packetId, Effects<MqttFrame> out) {
    out.note(null, new SessionNote.Released(item(packetId)), token(Step.RELEASED, packetId));
  }

  /**
   * Nothing is to be left of a publish.
   *
   * @param subject comes back, below 2^48
   */
  void refused(int packetId, long subject, Effects<MqttFrame> out) {
    out.note(null, new SessionNote.Released(item(packetId)), token(Step.REFUSED, subject));
  }

  // ---- outbound

  void assigned(Inflight entry, @Nullable QueueRef queue, Effects<MqttFrame> out) {
    keep(entry, STATE_ASSIGNED, Step.ASSIGNED, queue, out);
  }

  void taken(Inflight entry, @Nullable QueueRef queue, Effects<MqttFrame> out) {
    keep(entry, STATE_TAKEN, Step.TAKEN, queue, out);
  }

  private void keep(
      Inflight entry, int state, Step step, @Nullable QueueRef queue, Effects<MqttFrame> out) {
    out.note(
        queue,
        new SessionNote.Keep(item(entry.packetId), state, entry.sequence, claimed(entry)),
        token(step, entry.packetId));
  }

  /** A group's message that is under way is this client's or nobody's (MQTT 5.0 §4.8.2). */
  private static SessionNote.@Nullable Claimed claimed(Inflight entry) {
    OfGroup ofGroup = entry.ofGroup;
    Delivery delivery = entry.delivery;
    return ofGroup == null || delivery == null
        ? null
        : new SessionNote.Claimed.InQueue(delivery, ofGroup.match());
  }

  void done(Inflight entry, Effects<MqttFrame> out) {
    out.note(
        entry.queue, new SessionNote.Drop(item(entry.packetId)), token(Step.DONE, entry.packetId));
  }
}
