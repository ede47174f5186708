package io.serai.gateway.mqtt;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Request;
import io.serai.bus.SessionRecord;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Session;
import io.serai.gateway.mqtt.Handshake.Accepted;
import io.serai.gateway.mqtt.MqttFrame.Auth;
import io.serai.gateway.mqtt.MqttFrame.ConnAck;
import io.serai.gateway.mqtt.MqttFrame.Connect;
import io.serai.gateway.mqtt.MqttFrame.Disconnect;
import io.serai.gateway.mqtt.MqttFrame.PingReq;
import io.serai.gateway.mqtt.MqttFrame.PingResp;
import io.serai.gateway.mqtt.MqttFrame.PubAck;
import io.serai.gateway.mqtt.MqttFrame.PubComp;
import io.serai.gateway.mqtt.MqttFrame.PubRec;
import io.serai.gateway.mqtt.MqttFrame.PubRel;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.gateway.mqtt.MqttFrame.SubAck;
import io.serai.gateway.mqtt.MqttFrame.Subscribe;
import io.serai.gateway.mqtt.MqttFrame.UnsubAck;
import io.serai.gateway.mqtt.MqttFrame.Unsubscribe;
import io.serai.model.Message;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One MQTT connection from CONNECT to its end. What the client publishes is {@link InboundFlow}'s,
 * what it gets {@link OutboundFlow}'s, what it subscribes to {@link Subscriptions}'; here is how
 * they begin and end.
 */
final class MqttSession implements Session<MqttFrame> {
  private final MqttOptions options;
  private final MqttCodec codec;
  private final Handshake handshake;
  private @Nullable Live live;
  private boolean isConnectSeen;

  /**
   * @param codec of the same connection; it knows the version before the session does
   * @param clientIds gives an unused id to a client without one
   */
  MqttSession(
      ConnectionInfo info, MqttOptions options, MqttCodec codec, Supplier<String> clientIds) {
    this.options = options;
    this.codec = codec;
    this.handshake = new Handshake(info, options, codec, clientIds, this::onClaimed);
  }

  /** A connection that holds its client id. */
  private static final class Live {
    final Peer peer;
    final long epoch;
    final long connectExpirySeconds;
    final InboundFlow inbound;
    final OutboundFlow outbound;
    final Subscriptions subscriptions;
    long sessionExpirySeconds;
    @Nullable LastWill will;
    boolean isEnding;

    Live(Accepted accepted, long epoch, MqttOptions options, SessionState state) {
      this.peer = accepted.peer();
      this.epoch = epoch;
      this.connectExpirySeconds = accepted.sessionExpirySeconds();
      this.sessionExpirySeconds = connectExpirySeconds;
      this.inbound = new InboundFlow(peer, options, state.received());
      this.outbound = new OutboundFlow(peer, options, state.outbound());
      this.subscriptions =
          new Subscriptions(
              peer, options, outbound, connectExpirySeconds > 0, state.subscriptions());
      MqttFrame.Will asked = accepted.connect().will();
      this.will = asked == null ? null : new LastWill(asked, peer.origin());
    }
  }

  // ---- beginning

  private void onConnect(Connect connect, Effects<MqttFrame> out) {
    if (isConnectSeen) {
      throw PacketReader.protocolError("a second CONNECT", "§3.1");
    }
    isConnectSeen = true;
    handshake.onConnect(connect, out);
  }

  private void onClaimed(Accepted accepted, Request.SessionClaim claim, Effects<MqttFrame> out) {
    SessionRecord kept = claim.kept();
    if (kept == null || !(kept.state() instanceof SessionState state)) {
      begin(accepted, claim.epoch(), SessionState.NEW, out);
      welcome(accepted, false, out);
      return;
    }
    Live resumed = begin(accepted, claim.epoch(), state, out);
    if (kept.queue() == null) {
      welcome(accepted, true, out);
      return;
    }
    resumed.subscriptions.resume(
        out,
        (isThere, later) -> {
          if (resumed.isEnding) {
            return; // taken over meanwhile
          }
          if (!isThere) {
            // Its queue was deleted by somebody: nothing is left to resume.
            begin(accepted, claim.epoch(), SessionState.NEW, later);
          }
          welcome(accepted, isThere, later);
        });
  }

  private Live begin(Accepted accepted, long epoch, SessionState state, Effects<MqttFrame> out) {
    Live begun = new Live(accepted, epoch, options, state);
    live = begun;
    out.keepalive(accepted.keepAliveSeconds() * 1500L, 0);
    return begun;
  }

  private void welcome(Accepted accepted, boolean sessionPresent, Effects<MqttFrame> out) {
    Live now = live;
    if (now == null || now.isEnding) {
      return; // taken over, or gone, while its session was being resumed
    }
    ConnAck welcome = handshake.welcome(accepted, sessionPresent);
    if (!now.peer.accepts(welcome)) {
      out.close("packet_too_large"); // a maximum packet size nothing can be said in
      return;
    }
    out.send(welcome);
    now.outbound.resume(out);
  }

  // ---- frames

  @Override
  public void onFrame(MqttFrame frame, Effects<MqttFrame> out) {
    if (frame instanceof Connect connect) {
      onConnect(connect, out);
      return;
    }
    Live now = live;
    if (now == null) {
      throw PacketReader.protocolError("a packet before CONNECT went through", "§3.1");
    }
    switch (frame) {
      case Publish publish -> now.inbound.onPublish(publish, out);
      case PubAck(int packetId, int reason, _) -> now.outbound.onPubAck(packetId, reason, out);
      case PubRec(int packetId, int reason, _) -> now.outbound.onPubRec(packetId, reason, out);
      case PubRel release -> now.inbound.onPubRel(release, out);
      case PubComp(int packetId, _, _) -> now.outbound.onPubComp(packetId, out);
      case Subscribe subscribe -> now.subscriptions.onSubscribe(subscribe, out);
      case Unsubscribe unsubscribe -> now.subscriptions.onUnsubscribe(unsubscribe, out);
      case PingReq _ -> out.send(PingResp.PING_RESP);
      case Disconnect disconnect -> onDisconnect(now, disconnect, out);
      case Auth _ -> throw PacketReader.protocolError("AUTH without a method", "§3.15");
      case Connect _, ConnAck _, SubAck _, UnsubAck _, PingResp _ ->
          throw PacketReader.protocolError("a packet only a broker sends", "§2.1.2");
    }
  }

  private void onDisconnect(Live now, Disconnect disconnect, Effects<MqttFrame> out) {
    long expiry =
        disconnect
            .properties()
            .number(PropertyId.SESSION_EXPIRY_INTERVAL, now.connectExpirySeconds);
    if (expiry > 0 && now.connectExpirySeconds == 0) {
      throw PacketReader.protocolError("a session expiry where CONNECT had none", "§3.14.2.2.2");
    }
    now.sessionExpirySeconds = Math.min(expiry, options.maxSessionExpirySeconds());
    if (disconnect.reason() == MqttReason.SUCCESS) {
      now.will = null;
    }
    out.close("client_request");
  }

  // ---- events

  @Override
  public void onDeliveries(List<Delivery> deliveries, Effects<MqttFrame> out) {
    Live now = live;
    if (now == null) {
      return;
    }
    if (now.isEnding) {
      now.outbound.hold(deliveries);
    } else {
      now.outbound.deliver(deliveries, out);
    }
  }

  @Override
  public void onConfirm(long token, boolean accepted, Effects<MqttFrame> out) {
    Live now = live;
    if (now != null) {
      now.inbound.onConfirm(token, accepted, out);
    }
  }

  @Override
  public void onWritable(Effects<MqttFrame> out) {
    Live now = live;
    if (now != null && !now.isEnding) {
      now.outbound.refill(out);
    }
  }

  @Override
  public void onConsumerCancelled(ConsumerRef consumer, Effects<MqttFrame> out) {
    Live now = live;
    if (now != null && !now.isEnding) {
      disconnect(MqttReason.ADMINISTRATIVE_ACTION, "queue_deleted", out);
    }
  }

  @Override
  public void onTakenOver(String clientId, long epoch, Effects<MqttFrame> out) {
    Live now = live;
    if (now != null && now.peer.clientId().equals(clientId)) {
      disconnect(MqttReason.SESSION_TAKEN_OVER, "taken_over", out);
      end(now, out);
    }
  }

  @Override
  public void onReadTimeout(Effects<MqttFrame> out) {
    disconnect(MqttReason.KEEP_ALIVE_TIMEOUT, "keepalive_timeout", out);
  }

  @Override
  public void onShutdown(Effects<MqttFrame> out) {
    disconnect(MqttReason.SERVER_SHUTTING_DOWN, "shutdown", out);
  }

  @Override
  public void onInternalError(Effects<MqttFrame> out) {
    disconnect(MqttReason.UNSPECIFIED_ERROR, "internal_error", out);
  }

  @Override
  public void onProtocolError(ProtocolException error, Effects<MqttFrame> out) {
    boolean isV5 = codec.version() == MqttVersion.V5;
    if (live != null) {
      disconnect(error.code(), "protocol_error", out);
      return;
    }
    // Before CONNECT went through only these can be said (MQTT 5.0 §3.1.4, MQTT 3.1.1 §3.1.2.2).
    boolean isSayable =
        error.code() == MqttReason.UNSUPPORTED_PROTOCOL_VERSION
            || error.code() == MqttReason.CLIENT_IDENTIFIER_NOT_VALID && codec.version() != null;
    if (isV5 || isSayable) {
      out.send(new ConnAck(false, error.code(), MqttProperties.NONE));
    }
    out.close("protocol_error");
  }

  /** Says why, where the version can, and closes. */
  private void disconnect(int reason, String closeReason, Effects<MqttFrame> out) {
    Live now = live;
    if (now != null && now.peer.isV5()) {
      out.send(new Disconnect(reason, MqttProperties.NONE));
    }
    out.close(closeReason);
  }

  // ---- end

  @Override
  public void onClosed(Effects<MqttFrame> out) {
    Live now = live;
    if (now != null) {
      end(now, out);
    }
  }

  /**
   * Publishes the will if it is due now and gives the client id back, with the session if that
   * lives on. The queue is let go of first, so that whoever claims the session finds every message
   * in its place.
   */
  private void end(Live now, Effects<MqttFrame> out) {
    if (now.isEnding) {
      return;
    }
    now.isEnding = true;
    LastWill will = now.will;
    long delayMillis = will == null ? 0 : will.delayMillis();
    if (will != null && (delayMillis == 0 || now.sessionExpirySeconds == 0)) {
      out.publish(will.message(out.nowMillis()), will.flags(), 0);
      now.will = null;
    }
    ConsumerRef consumer = now.subscriptions.consumer();
    if (now.sessionExpirySeconds == 0 || consumer == null) {
      release(now, out);
      return;
    }
    out.ask(
        new Request.CancelConsumer(now.peer.caller(), consumer),
        (_, later) -> {
          now.outbound.returnUnsettled(later);
          // Answered by the queue's owner after it has taken the messages back.
          later.ask(
              new Request.CheckQueue(now.peer.caller(), consumer.queue().name()),
              (_, last) -> release(now, last));
        });
  }

  private void release(Live now, Effects<MqttFrame> out) {
    out.tell(
        new Request.ReleaseSession(
            now.peer.caller(),
            now.peer.clientId(),
            now.epoch,
            now.sessionExpirySeconds == 0 ? null : record(now, out.nowMillis()),
            now.subscriptions.queueName()));
  }

  private static SessionRecord record(Live now, long nowMillis) {
    SessionState state =
        new SessionState(
            now.subscriptions.all(), now.outbound.unfinished(), now.inbound.received());
    long expiresAtMillis =
        now.sessionExpirySeconds == Handshake.NEVER_SECONDS
            ? Long.MAX_VALUE
            : nowMillis + now.sessionExpirySeconds * 1000;
    LastWill will = now.will;
    long willAtMillis =
        will == null ? Long.MAX_VALUE : Math.min(nowMillis + will.delayMillis(), expiresAtMillis);
    Message message = will == null ? null : will.message(willAtMillis);
    return new SessionRecord(
        state,
        now.subscriptions.queueName(),
        expiresAtMillis,
        message,
        will == null ? 0 : will.flags(),
        willAtMillis,
        now.peer.caller());
  }
}
