package io.serai.gateway.mqtt;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Principal;
import io.serai.bus.PublishOnce;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.SessionNote;
import io.serai.bus.SessionNotes;
import io.serai.bus.SessionRecord;
import io.serai.gateway.AuthResult;
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
  private @Nullable LiveSession live;
  private boolean isConnectSeen;

  /** The epoch of a claim that was lost before its answer came. */
  private long lostEpoch = -1;

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
    if (claim.epoch() <= lostEpoch) {
      giveBack(accepted, claim, kept, out);
      out.close("taken_over");
    } else if (kept == null || !(kept.state() instanceof SessionState state)) {
      begin(accepted, claim.epoch(), SessionState.NEW, false, out);
      welcome(accepted, false, out);
    } else if (!accepted.peer().isOwnerOf(kept)) {
      // What was kept for one user is not for another one: the session ends, a new one begins.
      giveBack(accepted, claim, null, out);
      handshake.claim(accepted, true, out);
    } else {
      SessionNotes notes = claim.notes();
      if (notes != null) {
        forgetOthers(notes, state.session(), out);
      }
      resume(
          accepted,
          claim.epoch(),
          notes == null ? state : state.with(notes),
          kept.queue() != null,
          out);
    }
  }

  /** What was noted of earlier sessions of the client id goes. */
  private static void forgetOthers(SessionNotes notes, long session, Effects<MqttFrame> out) {
    for (SessionNote.Keep note : notes.kept()) {
      if (note.item().session() != session) {
        out.note(null, new SessionNote.Drop(note.item()), QosTwoNotes.NOT_AWAITED);
      }
    }
    for (PublishOnce publish : notes.published()) {
      if (publish.item().session() != session) {
        out.note(null, new SessionNote.Released(publish.item()), QosTwoNotes.NOT_AWAITED);
      }
    }
  }

  /** Lets go of a claim again, with what is to be kept. */
  private static void giveBack(
      Accepted accepted,
      Request.SessionClaim claim,
      @Nullable SessionRecord keep,
      Effects<MqttFrame> out) {
    SessionRecord kept = claim.kept();
    out.tell(
        new Request.ReleaseSession(
            accepted.peer().caller(),
            accepted.peer().clientId(),
            claim.epoch(),
            keep,
            kept == null ? null : kept.queue()));
  }

  private void resume(
      Accepted accepted, long epoch, SessionState state, boolean hasQueue, Effects<MqttFrame> out) {
    LiveSession resumed = begin(accepted, epoch, state, hasQueue, out);
    resumed.hasToForget = resumed.notes == null;
    resumed.subscriptions.resume(
        hasQueue,
        out,
        (refusal, later) -> {
          if (resumed.isClosing) {
            return; // gone while its session was being resumed
          }
          if (refusal == null) {
            welcome(accepted, true, later);
          } else if (refusal.reason() == Refusal.NOT_FOUND) {
            // Its queue was deleted by somebody: nothing is left to resume.
            begin(accepted, epoch, SessionState.NEW, false, later);
            welcome(accepted, false, later);
          } else {
            resumed.will = null; // this connection never came to be
            handshake.refuse(
                refusal.reason() == Refusal.ACCESS_REFUSED
                    ? MqttReason.NOT_AUTHORIZED
                    : MqttReason.SERVER_UNAVAILABLE,
                later);
          }
        });
  }

  private LiveSession begin(
      Accepted accepted, long epoch, SessionState state, boolean hasQueue, Effects<MqttFrame> out) {
    LiveSession begun = new LiveSession(accepted, epoch, options, state, hasQueue);
    live = begun;
    out.keepalive(accepted.keepAliveSeconds() * 1500L, 0);
    return begun;
  }

  private void welcome(Accepted accepted, boolean sessionPresent, Effects<MqttFrame> out) {
    LiveSession begun = live;
    if (begun != null) {
      begun.keep(out, later -> greet(accepted, sessionPresent, later));
    }
  }

  private void greet(Accepted accepted, boolean sessionPresent, Effects<MqttFrame> out) {
    LiveSession now = live;
    if (now == null || now.isClosing) {
      return;
    }
    ConnAck welcome = handshake.welcome(accepted, sessionPresent);
    if (!now.peer.accepts(welcome)) {
      out.close("packet_too_large"); // a maximum packet size nothing can be said in
      return;
    }
    now.isWelcomed = true;
    out.send(welcome);
    out.welcomed(
        now.peer.origin(),
        accepted.keepAliveSeconds(),
        accepted.connect().cleanStart(),
        now.sessionExpirySeconds);
    now.outbound.resume(out);
  }

  // ---- frames

  @Override
  public void onFrame(MqttFrame frame, Effects<MqttFrame> out) {
    if (frame instanceof Connect connect) {
      onConnect(connect, out);
      return;
    }
    LiveSession now = live;
    if (now == null) {
      onFrameBeforeConnAck(frame, out);
      return;
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
      case Auth auth -> onAuth(now, auth, out);
      case Connect _, ConnAck _, SubAck _, UnsubAck _, PingResp _, MqttFrame.PublishToMany _ ->
          throw PacketReader.protocolError("a packet only a broker sends", "§2.1.2");
    }
  }

  /** While it authenticates a client says AUTH or DISCONNECT, nothing else (MQTT 5.0 §4.12). */
  private void onFrameBeforeConnAck(MqttFrame frame, Effects<MqttFrame> out) {
    switch (frame) {
      case Auth auth -> handshake.onAuth(auth, out);
      case Disconnect _ when handshake.isChallenging() -> out.close("client_request");
      default -> throw PacketReader.protocolError("a packet before CONNECT went through", "§3.1");
    }
  }

  /**
   * The client authenticates anew. Everything else goes on meanwhile; when it fails, or makes the
   * client somebody else, the connection ends (MQTT 5.0 §4.12.1).
   */
  private void onAuth(LiveSession now, Auth auth, Effects<MqttFrame> out) {
    EnhancedAuth enhanced = now.auth;
    if (enhanced == null) {
      throw PacketReader.protocolError("AUTH without a method in CONNECT", "§4.12");
    }
    enhanced.onReauthenticate(
        auth,
        (result, later) -> {
          if (now.isClosing) {
            return;
          }
          if (result instanceof AuthResult.Granted(Principal principal, byte[] lastWord)
              && principal.user().equals(now.peer.caller().principal().user())) {
            later.send(new Auth(MqttReason.SUCCESS, enhanced.properties(lastWord).build()));
          } else {
            disconnect(MqttReason.NOT_AUTHORIZED, "reauthentication_failed", later);
          }
        },
        out);
  }

  private void onDisconnect(LiveSession now, Disconnect disconnect, Effects<MqttFrame> out) {
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
    now.isClosing = true;
    out.close("client_request");
    end(now, out);
  }

  // ---- events

  @Override
  public void onDeliveries(List<Delivery> deliveries, Effects<MqttFrame> out) {
    LiveSession now = live;
    if (now == null) {
      return;
    }
    if (now.isClosing) {
      now.outbound.hold(deliveries);
    } else {
      now.outbound.deliver(deliveries, out);
    }
  }

  private static void refill(LiveSession now, Effects<MqttFrame> out) {
    if (now.isWelcomed && !now.isClosing) {
      now.outbound.refill(out);
    }
  }

  @Override
  public void onRepeat(long token, Effects<MqttFrame> out) {
    LiveSession now = live;
    if (now != null) {
      now.inbound.onRepeat(token);
    }
  }

  @Override
  public void onUnrouted(long token, Effects<MqttFrame> out) {
    LiveSession now = live;
    if (now != null) {
      now.inbound.onUnrouted(token, out);
    }
  }

  @Override
  public void onConfirm(long token, boolean accepted, Effects<MqttFrame> out) {
    LiveSession now = live;
    if (now != null) {
      now.inbound.onConfirm(token, accepted, out);
    }
  }

  @Override
  public void onNoted(long token, Effects<MqttFrame> out) {
    LiveSession now = live;
    if (now == null || now.isClosing || token == QosTwoNotes.NOT_AWAITED) {
      return;
    }
    QosTwoNotes.Step step = QosTwoNotes.step(token);
    long subject = QosTwoNotes.subject(token);
    switch (step) {
      case RELEASED, REFUSED -> now.inbound.onNoted(step, subject, out);
      case ASSIGNED, TAKEN, DONE -> now.outbound.onNoted(step, (int) subject, out);
    }
  }

  @Override
  public void onWritable(Effects<MqttFrame> out) {
    LiveSession now = live;
    if (now != null) {
      refill(now, out);
    }
  }

  @Override
  public void onConsumerCancelled(ConsumerRef consumer, Effects<MqttFrame> out) {
    LiveSession now = live;
    if (now != null && !now.isClosing) {
      disconnect(MqttReason.ADMINISTRATIVE_ACTION, "queue_deleted", out);
    }
  }

  @Override
  public void onTakenOver(String clientId, long epoch, Effects<MqttFrame> out) {
    LiveSession now = live;
    if (now == null) {
      lostEpoch = epoch; // ahead of the answer to our claim
    } else if (now.epoch == epoch && now.peer.clientId().equals(clientId)) {
      disconnect(MqttReason.SESSION_TAKEN_OVER, "taken_over", out);
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
  public void onEvicted(String reason, Effects<MqttFrame> out) {
    disconnect(MqttReason.ADMINISTRATIVE_ACTION, "evicted", out);
  }

  @Override
  public void onRateExceeded(Effects<MqttFrame> out) {
    disconnect(MqttReason.MESSAGE_RATE_TOO_HIGH, "rate_exceeded", out);
  }

  @Override
  public void onInternalError(Effects<MqttFrame> out) {
    sayWhy(MqttReason.UNSPECIFIED_ERROR, "internal_error", out); // the rest when it is closed
  }

  @Override
  public void onProtocolError(ProtocolException error, Effects<MqttFrame> out) {
    boolean isV5 = codec.version() == MqttVersion.V5;
    if (live != null) {
      disconnect(error.code(), "protocol_error", out);
      return;
    }
    // Before CONNECT went through only this can be said (MQTT 5.0 §3.1.4, MQTT 3.1.1 §3.1.2.2).
    boolean isSayable =
        isV5
            ? error.code() != MqttReason.UNANSWERED
            : error.code() == MqttReason.UNSUPPORTED_PROTOCOL_VERSION;
    if (isSayable) {
      out.send(new ConnAck(false, error.code(), MqttProperties.NONE));
    }
    out.close("protocol_error");
  }

  /**
   * Says why, closes, and ends the session at once: a peer that is gone without a word is found out
   * by the transport some time later, and its will is due now.
   */
  private void disconnect(int reason, String closeReason, Effects<MqttFrame> out) {
    sayWhy(reason, closeReason, out);
    LiveSession now = live;
    if (now != null) {
      end(now, out);
    }
  }

  /** Says why, where the version can, and closes. */
  private void sayWhy(int reason, String closeReason, Effects<MqttFrame> out) {
    LiveSession now = live;
    if (now != null) {
      if (now.isWelcomed && now.peer.isV5() && !now.isClosing && reason != MqttReason.UNANSWERED) {
        out.send(new Disconnect(reason, MqttProperties.NONE));
      }
      now.isClosing = true;
    }
    out.close(closeReason);
  }

  // ---- end

  @Override
  public void onClosed(Effects<MqttFrame> out) {
    LiveSession now = live;
    if (now != null) {
      end(now, out);
    }
  }

  /**
   * Publishes the will if it is due now and gives the client id back, with the session if that
   * lives on. A change of subscriptions that is under way is completed first, and the queue is let
   * go of, so that whoever claims the session finds it whole and every message in its place.
   */
  private void end(LiveSession now, Effects<MqttFrame> out) {
    now.isClosing = true;
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
    now.subscriptions.finish(later -> now.letGo(later), out);
  }
}
