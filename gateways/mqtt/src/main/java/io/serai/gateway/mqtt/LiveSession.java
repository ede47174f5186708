package io.serai.gateway.mqtt;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Request;
import io.serai.bus.SessionRecord;
import io.serai.gateway.Effects;
import io.serai.gateway.mqtt.Handshake.Accepted;
import io.serai.model.Message;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an MQTT connection has from when it holds its client id: its flows, and what is kept of the
 * session while it lasts and when it is let go of.
 */
final class LiveSession {
  final Peer peer;
  final long epoch;
  final long connectExpirySeconds;
  final @Nullable EnhancedAuth auth;
  final InboundFlow inbound;
  final OutboundFlow outbound;
  final SessionConsumer consumer;
  final Subscriptions subscriptions;

  /** Null in a session that ends with its connection. */
  final @Nullable QosTwoNotes notes;

  /** The store has a session of an earlier connection that does not outlive this one. */
  boolean hasToForget;

  long sessionExpirySeconds;
  @Nullable LastWill will;

  /** CONNACK was sent: nothing else may come first. */
  boolean isWelcomed;

  /** The connection closes: nothing more is sent. */
  boolean isClosing;

  /** The session is being let go of. */
  boolean isEnding;

  LiveSession(
      Accepted accepted, long epoch, MqttOptions options, SessionState state, boolean hasQueue) {
    this.peer = accepted.peer();
    this.epoch = epoch;
    this.connectExpirySeconds = accepted.sessionExpirySeconds();
    this.sessionExpirySeconds = connectExpirySeconds;
    this.auth = accepted.auth();
    this.notes = connectExpirySeconds == 0 ? null : new QosTwoNotes(peer, session(state));
    this.inbound = new InboundFlow(peer, options, state, notes);
    this.outbound = new OutboundFlow(peer, options, state, notes);
    this.consumer =
        new SessionConsumer(peer, options, outbound, connectExpirySeconds > 0, hasQueue);
    this.subscriptions =
        new Subscriptions(peer, options, outbound, consumer, state.subscriptions(), this::keep);
    MqttFrame.Will asked = accepted.connect().will();
    this.will = asked == null ? null : new LastWill(asked, peer.origin());
  }

  private static long session(SessionState state) {
    return state.session() == 0 ? ThreadLocalRandom.current().nextLong() : state.session();
  }

  // ---- what is kept

  /**
   * Has the broker keep the session as it is now, if it outlives the connection, and goes on.
   *
   * <p>QoS 2 messages under way are noted beside it ({@link QosTwoNotes}); those of QoS 1 come
   * again after the node has ended without a word.
   */
  void keep(Effects<MqttFrame> out, Consumer<Effects<MqttFrame>> then) {
    if (notes == null && !hasToForget) {
      then.accept(out);
      return;
    }
    hasToForget = false;
    SessionRecord kept =
        notes == null
            ? null
            : record(
                new SessionState(
                    subscriptions.all(),
                    outbound.onlyHere(),
                    new BitSet(),
                    Map.of(),
                    notes.session,
                    true),
                out.nowMillis());
    out.ask(
        new Request.KeepSession(peer.caller(), peer.clientId(), epoch, kept),
        (_, later) -> then.accept(later));
  }

  /** Lets go of the queue and then of the client id, so that whoever claims it finds all of it. */
  void letGo(Effects<MqttFrame> out) {
    if (notes != null && sessionExpirySeconds > 0 && !outbound.onlyHere().isEmpty()) {
      // The record has what the groups let go of next: safe before they do.
      out.ask(
          new Request.KeepSession(peer.caller(), peer.clientId(), epoch, record(out.nowMillis())),
          (_, later) -> leave(later));
    } else {
      leave(out);
    }
  }

  private void leave(Effects<MqttFrame> out) {
    outbound.leaveGroups(out);
    ConsumerRef reader = consumer.consumer();
    if (sessionExpirySeconds == 0 || reader == null) {
      release(out);
      return;
    }
    out.ask(
        new Request.CancelConsumer(peer.caller(), reader),
        (_, later) -> {
          outbound.returnUnsettled(later);
          // Answered by the queue's owner after it has taken the messages back.
          later.ask(
              new Request.CheckQueue(peer.caller(), reader.queue().name()),
              (_, last) -> release(last));
        });
  }

  private void release(Effects<MqttFrame> out) {
    if (sessionExpirySeconds == 0 && notes != null) {
      // It was to outlive the connection until DISCONNECT said otherwise.
      state()
          .endings(peer.caller().vhost(), peer.clientId())
          .forEach(note -> out.note(null, note, QosTwoNotes.NOT_AWAITED));
    }
    out.tell(
        new Request.ReleaseSession(
            peer.caller(),
            peer.clientId(),
            epoch,
            sessionExpirySeconds == 0 ? null : record(out.nowMillis()),
            consumer.queueName()));
  }

  private SessionRecord record(long nowMillis) {
    return record(state(), nowMillis);
  }

  private SessionState state() {
    return new SessionState(
        subscriptions.all(),
        outbound.unfinished(),
        inbound.received(),
        inbound.holders(),
        notes == null ? 0 : notes.session,
        false);
  }

  private SessionRecord record(SessionState state, long nowMillis) {
    long expiresAtMillis =
        sessionExpirySeconds == Handshake.NEVER_SECONDS
            ? Long.MAX_VALUE
            : nowMillis + sessionExpirySeconds * 1000;
    LastWill last = will;
    long willAtMillis =
        last == null ? Long.MAX_VALUE : Math.min(nowMillis + last.delayMillis(), expiresAtMillis);
    Message message = last == null ? null : last.message(willAtMillis);
    return new SessionRecord(
        state,
        consumer.queueName(),
        expiresAtMillis,
        message,
        last == null ? 0 : last.flags(),
        willAtMillis,
        peer.caller());
  }
}
