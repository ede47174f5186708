package io.serai.gateway.driver;

import io.serai.bus.ConsumerRef;
import io.serai.bus.PublishResult;
import io.serai.bus.SessionEvent;
import io.serai.gateway.ConfirmTracker;
import io.serai.gateway.Effects;
import io.serai.gateway.Session;
import org.jspecify.annotations.Nullable;

/**
 * Hands a connection's session what the broker has to tell it, each event as the call that it
 * means. Confined to the connection's event loop.
 */
final class SessionEvents<F> {
  private Session<F> session;
  private final Effects<F> effects;
  private final Publishing publishing;
  private final ConfirmTracker.Sink confirmSink;

  /** What the session was told why publishers wait; null when they do not. */
  private @Nullable String blockedBecause;

  SessionEvents(Session<F> session, Effects<F> effects, Publishing publishing) {
    this.session = session;
    this.effects = effects;
    this.publishing = publishing;
    this.confirmSink = new ConfirmsOfSession();
  }

  /** Hands confirms to whatever session there is. */
  private final class ConfirmsOfSession implements ConfirmTracker.Sink {
    @Override
    public void confirmed(long token, boolean accepted) {
      session.onConfirm(token, accepted, effects);
    }

    @Override
    public void unrouted(long token) {
      session.onUnrouted(token, effects);
    }
  }

  void on(SessionEvent event) {
    switch (event) {
      case SessionEvent.Deliver(_, var deliveries) -> {
        session.onDeliveries(deliveries, effects);
        session.onBatchEnd(effects);
      }
      case SessionEvent.Appended(_, long batchId, var refused) -> {
        publishing.answered(batchId, refused, confirmSink);
        session.onBatchEnd(effects);
      }
      case SessionEvent.Repeated(_, long batchId, var indexes) ->
          publishing.repeated(batchId, indexes, token -> session.onRepeat(token, effects));
      case SessionEvent.Unrouted(_, long batchId, var indexes) ->
          publishing.unrouted(batchId, indexes);
      case SessionEvent.Noted(_, var tokens) -> {
        tokens.forEach(token -> session.onNoted(token, effects));
        session.onBatchEnd(effects);
      }
      case SessionEvent.Ready(_, ConsumerRef consumer) -> session.onReady(consumer, effects);
      case SessionEvent.Drained(_, ConsumerRef consumer, int unused) ->
          session.onDrained(consumer, unused, effects);
      case SessionEvent.ConsumerCancelled(_, ConsumerRef consumer) ->
          session.onConsumerCancelled(consumer, effects);
      case SessionEvent.BrowseEnded(_, ConsumerRef consumer) ->
          session.onBrowseEnded(consumer, effects);
      case SessionEvent.AckTimedOut(_, ConsumerRef consumer, long timeoutMillis) ->
          session.onAckTimedOut(consumer, timeoutMillis, effects);
      case SessionEvent.TakenOver(_, String clientId, long epoch) ->
          session.onTakenOver(clientId, epoch, effects);
      case SessionEvent.PublishersBlocked(_, String reason) -> blocked(reason);
      case SessionEvent.PublishersUnblocked _ -> unblocked();
    }
  }

  /** A publish that had to wait is not routed any more; its confirmation was asked for. */
  void notRouted(long token, PublishResult why) {
    if (why == PublishResult.UNROUTABLE) {
      session.onUnrouted(token, effects);
    } else {
      session.onConfirm(token, false, effects);
    }
    session.onBatchEnd(effects);
  }

  /** Publishers wait; {@link Publishing} sees to it that they do. */
  void blocked(String reason) {
    if (blockedBecause == null) {
      blockedBecause = reason;
      session.onPublishersBlocked(reason, effects);
    }
  }

  /** Publishers go on. */
  void unblocked() {
    if (blockedBecause != null) {
      blockedBecause = null;
      session.onPublishersUnblocked(effects);
    }
  }

  /** From now on another session is told, at first that publishers wait if they do. */
  void become(Session<F> next) {
    session = next;
    String reason = blockedBecause;
    if (reason != null) {
      next.onPublishersBlocked(reason, effects);
    }
  }
}
