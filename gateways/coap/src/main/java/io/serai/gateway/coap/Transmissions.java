package io.serai.gateway.coap;

import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapFrame.CoapMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Our confirmable messages to one peer: so many underway as NSTART allows (RFC 7252 §4.7), repeated
 * with growing pauses until they are acknowledged (§4.2). Confined to the connection's event loop.
 */
final class Transmissions {
  private final CoapSettings settings;
  private final RandomGenerator random;
  private final AddressCheck address;
  private final RetransmissionTimeout timeout;
  private final List<Transmission> underway = new ArrayList<>(1);

  /**
   * Answers that wait for room. Bounded: while there are as many as a peer may have requests open
   * none is taken, and of each observation one last answer may come.
   */
  private @Nullable Queue<Transmission> waiting;

  Transmissions(CoapSettings settings, RandomGenerator random, AddressCheck address) {
    this.settings = settings;
    this.random = random;
    this.address = address;
    this.timeout = new RetransmissionTimeout(settings.ackTimeoutMillis());
  }

  boolean hasRoom() {
    return underway.size() < settings.nstart() && (waiting == null || waiting.isEmpty());
  }

  boolean isEmpty() {
    return underway.isEmpty();
  }

  /** How many wait for room. */
  int waiting() {
    Queue<Transmission> queue = waiting;
    return queue == null ? 0 : queue.size();
  }

  /** Sends it as soon as there is room. */
  void enqueue(Transmission next) {
    Queue<Transmission> queue = waiting;
    if (queue == null) {
      queue = new ArrayDeque<>(4);
      waiting = queue;
    }
    queue.add(next);
  }

  /** Sends what waits and has room. */
  void pump(Effects<CoapFrame> out) {
    Queue<Transmission> queue = waiting;
    while (queue != null && !queue.isEmpty() && underway.size() < settings.nstart()) {
      start(queue.remove(), out);
    }
  }

  /** Sends it now. */
  void start(Transmission next, Effects<CoapFrame> out) {
    long now = out.clockMillis();
    next.firstSentMillis = now;
    next.timeoutMillis =
        (long) (timeout.millis() * random.nextDouble(1, CoapSettings.ACK_RANDOM_FACTOR));
    next.growsByHalf = timeout.growsByHalf();
    next.dueMillis = now + next.timeoutMillis;
    underway.add(next);
    send(next.message, out);
  }

  /** Not beyond what an address may get that nobody has shown to be its own. */
  private void send(CoapMessage message, Effects<CoapFrame> out) {
    if (address.admits(message)) {
      address.sent(message);
      out.send(message);
    }
  }

  /** Takes away what had this message id, because it has its acknowledgement or reset. */
  @Nullable Transmission acknowledged(int messageId, long clockMillis) {
    Transmission one = settle(messageId);
    if (one != null) {
      timeout.measured(clockMillis - one.firstSentMillis, one.retransmitted);
    }
    return one;
  }

  /** Takes away what had this message id. */
  @Nullable Transmission settle(int messageId) {
    for (int i = 0; i < underway.size(); i++) {
      if (underway.get(i).message.messageId() == messageId) {
        return underway.remove(i);
      }
    }
    return null;
  }

  /** Takes away what belongs to a relation that has ended. */
  void drop(Relation relation) {
    underway.removeIf(one -> one.relation == relation);
  }

  /** Takes away everything: the peer is not there. */
  void clear() {
    underway.clear();
    waiting = null;
  }

  /** When something is to be sent again or given up; {@link Long#MAX_VALUE} for never. */
  long nextMillis() {
    long next = Long.MAX_VALUE;
    for (int i = 0; i < underway.size(); i++) {
      next = Math.min(next, underway.get(i).dueMillis);
    }
    return next;
  }

  /** The first one whose time is over, or null. */
  @Nullable Transmission due(long clockMillis) {
    for (int i = 0; i < underway.size(); i++) {
      if (underway.get(i).dueMillis <= clockMillis) {
        return underway.get(i);
      }
    }
    return null;
  }

  /** Whether it was sent as often as it may be. */
  boolean isGivenUp(Transmission one) {
    return one.retransmitted >= settings.maxRetransmit();
  }

  /** Sends it again, or another message in its place, and waits longer. */
  void repeat(Transmission one, CoapMessage message, Effects<CoapFrame> out) {
    one.message = message;
    one.retransmitted++;
    one.timeoutMillis += one.growsByHalf ? one.timeoutMillis / 2 : one.timeoutMillis;
    one.dueMillis = out.clockMillis() + one.timeoutMillis;
    send(message, out);
  }
}
