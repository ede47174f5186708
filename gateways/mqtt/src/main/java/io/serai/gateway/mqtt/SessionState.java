package io.serai.gateway.mqtt;

import io.serai.bus.MatchData;
import io.serai.bus.NotedState;
import io.serai.bus.PublishOnce;
import io.serai.bus.SessionItem;
import io.serai.bus.SessionNote;
import io.serai.bus.SessionNotes;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What MQTT keeps of a session while its client is away, beside the messages in its queue (MQTT 5.0
 * §4.1). Immutable: the bit set is not written to once it is in here.
 *
 * @param subscriptions the client's subscriptions
 * @param outbound QoS 1 and 2 messages sent and not completed: released ones in the order of their
 *     PUBRECs, then the others in the order they were sent
 * @param received packet ids of QoS 2 publishes received and not released
 * @param holders packet ids of QoS 2 publishes that some queues have, perhaps not all that should,
 *     and who has them: those the node ended over. Noted elsewhere, not stored here
 * @param session which of the client id's sessions it is; 0 when nothing is noted of it
 * @param isPartial whether it was taken while the client was connected and the node ended since:
 *     packet ids used after that are not known
 */
record SessionState(
    List<Subscription> subscriptions,
    List<Unfinished> outbound,
    BitSet received,
    Map<Integer, Set<Long>> holders,
    long session,
    boolean isPartial)
    implements NotedState {
  /** A session that has just begun. */
  static final SessionState NEW = new SessionState(List.of(), List.of(), new BitSet());

  /** All that is kept when a connection has ended. */
  SessionState(List<Subscription> subscriptions, List<Unfinished> outbound, BitSet received) {
    this(subscriptions, outbound, received, Map.of(), 0, false);
  }

  SessionState {
    subscriptions = List.copyOf(subscriptions);
    outbound = List.copyOf(outbound);
    holders = Map.copyOf(holders);
  }

  /**
   * The state when the node ended: what was noted since this was written counts. A publish that was
   * received and of which nothing is noted reached nobody who survived.
   *
   * @param notes of all sessions of the client id
   */
  SessionState with(SessionNotes notes) {
    if (session == 0) {
      return this; // of a program that noted nothing
    }
    Map<Integer, Unfinished> written = new HashMap<>();
    List<Unfinished> now = new ArrayList<>();
    for (Unfinished one : outbound) {
      if (one.qos() == 2) {
        written.put(one.packetId(), one);
      } else if (!isPartial) {
        now.add(one);
      }
    }
    for (SessionNote.Keep note : notes.kept()) {
      if (note.item().session() == session) {
        now.add(unfinished(note, written.get(note.item().id())));
      }
    }
    Map<Integer, Set<Long>> published = new HashMap<>();
    for (PublishOnce one : notes.published()) {
      if (one.item().session() == session) {
        published.put(one.item().id(), one.holders());
      }
    }
    return new SessionState(subscriptions, now, new BitSet(), published, session, false);
  }

  private static Unfinished unfinished(SessionNote.Keep note, @Nullable Unfinished written) {
    boolean isTaken = note.state() == QosTwoNotes.STATE_TAKEN;
    if (note.message() instanceof SessionNote.Claimed.Whole(Message message, MatchData match)
        && match instanceof SubscriptionMatch own) {
      OfGroup ofGroup = new OfGroup(message, own);
      return new Unfinished(note.item().id(), Unfinished.NO_PLACE, 2, false, ofGroup);
    }
    if (!isTaken
        && note.value() == Unfinished.NO_PLACE
        && written != null
        && written.ofGroup() != null) {
      return written; // its group has let go of it since
    }
    // What else is in no queue of its own is done with: a stream's reader goes on at its place.
    boolean isReleased = isTaken || note.value() == Unfinished.NO_PLACE;
    return new Unfinished(note.item().id(), note.value(), 2, isReleased, null);
  }

  @Override
  public List<SessionNote> endings(String vhost, String clientId) {
    List<SessionNote> endings = new ArrayList<>();
    if (session != 0) {
      outbound.stream()
          .filter(one -> one.qos() == 2)
          .map(one -> new SessionItem(vhost, clientId, session, one.packetId()))
          .forEach(item -> endings.add(new SessionNote.Drop(item)));
      IntStream.concat(received.stream(), holders.keySet().stream().mapToInt(Integer::intValue))
          .mapToObj(packetId -> new SessionItem(vhost, clientId, session, packetId))
          .forEach(item -> endings.add(new SessionNote.Released(item)));
    }
    return endings;
  }

  /**
   * A message whose delivery was under way when the connection ended.
   *
   * @param packetId its packet identifier, which the next attempt uses again
   * @param sequence its place in the session's queue; meaningless once released or of a group
   * @param qos 1 or 2
   * @param isReleased the client has it (PUBREC came) and only PUBREL and PUBCOMP are left
   * @param ofGroup a shared subscription's message that this client has to get (MQTT 5.0 §4.8.2:
   *     QoS 2, not released); it is no longer in the group's queue. Null for the session's own
   */
  record Unfinished(
      int packetId, long sequence, int qos, boolean isReleased, @Nullable OfGroup ofGroup) {
    /** Sequence of messages that have no place in the session's own queue. */
    static final long NO_PLACE = -1;
  }

  /** A message out of a shared subscription's queue, and how this client subscribed to it. */
  record OfGroup(Message message, SubscriptionMatch match) {}
}
