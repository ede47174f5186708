package io.serai.gateway.coap.resource;

import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapAnswer;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.Observation;
import io.serai.gateway.coap.Observer;
import io.serai.gateway.coap.Reply;
import io.serai.model.Message;
import io.serai.model.Topic;
import io.serai.model.Value;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One observation of a topic or a filter. Tells the newest state: of a topic the message layer
 * keeps the newest one that waits, of a filter the newest of each topic waits here. Confined to the
 * peer's event loop.
 */
final class TopicObserver implements Observer {
  /** Topics that wait of a filter; beyond that the one that has waited longest is left out. */
  static final int MAX_WAITING = 1_000;

  private static final CoapAnswer CLEARED =
      CoapAnswer.error(CoapCode.NOT_FOUND, "the topic's value was deleted");

  private static final CoapAnswer TOO_MANY =
      CoapAnswer.error(CoapCode.NOT_FOUND, "the topic has fewer subscribers from now on");

  /** A state that waits. */
  private record Waiting(CoapAnswer state, boolean isConfirmable) {}

  private final boolean isWildcard;
  private final ObserveOptions options;
  private final Place place;
  private final BiConsumer<TopicObserver, Effects<CoapFrame>> onGone;
  private final WaitingRoom room;

  /** Bounded by {@link #MAX_WAITING} and the peer's {@link #room}. */
  private final @Nullable Map<Topic, Waiting> waiting;

  private @Nullable Observation observation;
  private boolean isUnderway;
  private boolean isGone;

  private long confirmedMillis;

  /** What came live while the first answer was being made, the newest of each topic. */
  private @Nullable Map<Topic, Message> early;

  /** What the first answer told; older messages that come late are no news, until a newer one. */
  private @Nullable Message first;

  /**
   * @param place among the topic's subscribers, not taken yet
   * @param room of all observers of the peer
   * @param onGone called once when the observation ends, by whomever
   */
  TopicObserver(
      boolean isWildcard,
      ObserveOptions options,
      Place place,
      WaitingRoom room,
      BiConsumer<TopicObserver, Effects<CoapFrame>> onGone) {
    this.isWildcard = isWildcard;
    this.options = options;
    this.place = place;
    this.room = room;
    this.onGone = onGone;
    this.waiting = isWildcard ? new LinkedHashMap<>(0) : null;
  }

  Place place() {
    return place;
  }

  // ---- the start

  /**
   * Answers the request with the state now, the newest of what was kept and what came since.
   *
   * @param values what was kept
   */
  void start(List<Message> values, Reply reply, Effects<CoapFrame> out) {
    long now = out.nowMillis();
    Map<Topic, Message> states = new LinkedHashMap<>();
    Map<Topic, Message> live = early;
    if (live != null) {
      states.putAll(live);
    }
    if (options.wantsValues()) {
      values.forEach(value -> states.putIfAbsent(value.topic(), value));
    }
    Iterator<Message> each = states.values().iterator();
    Message newest = each.hasNext() ? each.next() : null;
    first = newest;
    early = null;
    confirmedMillis = now;
    CoapAnswer state =
        newest == null || isDeletion(newest)
            ? CoapAnswer.of(CoapCode.CONTENT)
            : Representation.content(newest, isWildcard, now);
    observation = reply.observe(state, this, out);
    if (!observation.isActive()) {
      gone(out);
      return;
    }
    each.forEachRemaining(
        other -> put(other.topic(), Representation.content(other, isWildcard, now), false));
    next(out);
  }

  private void early(Message message) {
    Map<Topic, Message> all = early;
    if (all == null) {
      all = new LinkedHashMap<>(2);
      early = all;
    }
    all.remove(message.topic());
    all.put(message.topic(), message);
    if (all.size() > MAX_WAITING) {
      all.remove(all.keySet().iterator().next());
    }
  }

  // ---- changes

  void onMessage(Message message, CoapAnswer state, Effects<CoapFrame> out) {
    if (options.excludes(message)) {
      return;
    }
    Observation told = observation;
    if (told == null) {
      early(message);
      return;
    }
    if (isGone || isOld(message)) {
      return;
    }
    if (place.loseIfTooMany()) {
      end(TOO_MANY, out);
      return;
    }
    boolean isConfirmable = isConfirmable(message, out.nowMillis());
    if (isWildcard) {
      put(message.topic(), state, isConfirmable);
      next(out);
    } else if (isDeletion(message)) {
      end(CLEARED, out);
    } else {
      told.notify(state, isConfirmable, 0, out);
    }
  }

  /** The first answer told it, or something newer. */
  private boolean isOld(Message message) {
    Message told = first;
    if (told == null || !told.topic().equals(message.topic())) {
      return false;
    }
    boolean isOld = told == message || message.receivedMillis() < told.receivedMillis();
    if (!isOld) {
      first = null; // the message need not be kept for that any more
    }
    return isOld;
  }

  /** Whether a message clears its topic's value: MQTT's empty retained message, CoAP's DELETE. */
  static boolean isDeletion(Message message) {
    return message.body().length() == 0
        && message.headers().first("x-mqtt-retain") instanceof Value.Bool(var on)
        && on;
  }

  private boolean isConfirmable(Message message, long nowMillis) {
    boolean isAsked = options.qos() >= 0 ? options.qos() > 0 : message.encoding().isDurable();
    boolean isDue = place.mustConfirm(nowMillis - confirmedMillis);
    if (isAsked || isDue) {
      confirmedMillis = nowMillis;
    }
    return isAsked || isDue;
  }

  private void put(Topic topic, CoapAnswer state, boolean isConfirmable) {
    Map<Topic, Waiting> all = waiting;
    if (all == null) {
      return;
    }
    int before = all.size();
    all.remove(topic); // the newest state goes last
    all.put(topic, new Waiting(state, isConfirmable));
    if (all.size() > MAX_WAITING || (all.size() > Math.max(1, before) && room.isFull())) {
      Iterator<Topic> oldest = all.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    room.add(all.size() - before);
  }

  /** Tells the state of the topic of a filter that has waited longest. */
  private void next(Effects<CoapFrame> out) {
    Map<Topic, Waiting> all = waiting;
    Observation told = observation;
    if (all == null || told == null || isUnderway || all.isEmpty() || !told.isActive()) {
      return;
    }
    Iterator<Waiting> oldest = all.values().iterator();
    Waiting one = oldest.next();
    oldest.remove();
    room.add(-1);
    isUnderway = true;
    told.notify(one.state(), one.isConfirmable(), 0, out);
  }

  @Override
  public void onNotified(long tag, Notified outcome, Effects<CoapFrame> out) {
    isUnderway = false;
    next(out);
  }

  // ---- the end

  /** Ends it with a last answer. */
  void end(CoapAnswer last, Effects<CoapFrame> out) {
    Observation told = observation;
    if (told != null) {
      told.end(last, out);
    }
    gone(out);
  }

  @Override
  public void onEnded(Ended why, Effects<CoapFrame> out) {
    if (why == Ended.CLOSED) {
      isGone = true;
      leaveRoom();
      place.leave(); // queue and bindings go with the peer: nobody need be asked
    } else {
      gone(out);
    }
  }

  private void leaveRoom() {
    Map<Topic, Waiting> all = waiting;
    if (all != null) {
      room.add(-all.size());
      all.clear();
    }
  }

  /** It has ended, or never starts. */
  void gone(Effects<CoapFrame> out) {
    if (!isGone) {
      isGone = true;
      leaveRoom();
      place.leave();
      onGone.accept(this, out);
    }
  }
}
