package io.serai.gateway.driver;

import io.serai.bus.Caller;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Counter;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Principal;
import io.serai.bus.PublishOnce;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionNote;
import io.serai.bus.Transaction;
import io.serai.gateway.AuthResult;
import io.serai.gateway.AuthResult.Kind;
import io.serai.gateway.ClientEvent;
import io.serai.gateway.Credentials;
import io.serai.gateway.Effects;
import io.serai.gateway.Session;
import io.serai.gateway.Then;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.vertx.core.AsyncResult;
import org.jspecify.annotations.Nullable;

/**
 * Performs what a session causes: frames go back to its connection, the rest to the broker.
 * Confined to the connection's event loop.
 */
final class ConnectionEffects<F> implements Effects<F> {
  private final Connection<F> connection;
  private final SessionHub hub;
  private final Sending<F> sending;
  private final Publishing publishing;
  private final IdleLimits idle;
  private final Pace pace;

  private @Nullable Caller entered;

  /** Takes what is published and settled while a session says what belongs to it. */
  private @Nullable Transaction transaction;

  ConnectionEffects(
      Connection<F> connection,
      SessionHub hub,
      Sending<F> sending,
      Publishing publishing,
      IdleLimits idle,
      Pace pace) {
    this.connection = connection;
    this.hub = hub;
    this.sending = sending;
    this.publishing = publishing;
    this.idle = idle;
    this.pace = pace;
  }

  @Override
  public void become(Session<F> next) {
    connection.become(next);
  }

  // ---- login

  @Override
  public void authenticate(Credentials credentials, Then<AuthResult, F> then) {
    connection.awaitAnswer();
    Kind refusal = connection.visitor().refusal();
    if (refusal != null) {
      answer(new AuthResult.Denied(refusal, "limit of the listener or node"), then);
      return;
    }
    hub.authenticator()
        .authenticate(credentials, connection.info())
        .onComplete(done -> hub.onLoop(() -> authenticated(done, then)));
  }

  private void authenticated(AsyncResult<AuthResult> done, Then<AuthResult, F> then) {
    AuthResult result =
        done.succeeded()
            ? done.result()
            : new AuthResult.Denied(
                AuthResult.Kind.UNAVAILABLE, "the authenticator failed: " + done.cause());
    if (result instanceof AuthResult.Denied) {
      hub.counters().add(Counter.AUTHENTICATION_FAILURES, 1);
    }
    boolean isOneTooMany =
        result instanceof AuthResult.Granted(Principal principal, _)
            && connection.caller() == null
            && !hub.visitors().countAs(connection.visitor(), principal.user());
    answer(
        isOneTooMany
            ? new AuthResult.Denied(Kind.QUOTA_EXCEEDED, "connections of the user")
            : result,
        then);
  }

  private void answer(AuthResult result, Then<AuthResult, F> then) {
    if (result instanceof AuthResult.Denied(Kind kind, _) && isOfLimits(kind)) {
      hub.counters().add(Counter.CONNECTIONS_REFUSED, 1);
    }
    connection.whenFree(() -> then.accept(result, this));
  }

  private static boolean isOfLimits(Kind kind) {
    return switch (kind) {
      case QUOTA_EXCEEDED, CONNECTION_RATE_EXCEEDED, BUSY, BANNED -> true;
      case BAD_CREDENTIALS, NOT_AUTHORIZED, UNAVAILABLE, UNKNOWN_MECHANISM -> false;
    };
  }

  @Override
  public boolean isBanned(Origin origin) {
    FlappingWatch.Client client = FlappingWatch.Client.of(origin);
    connection.visitor().watch(client);
    boolean isBanned = hub.flapping().isBanned(client, hub.clockMillis());
    if (isBanned) {
      hub.counters().add(Counter.CONNECTIONS_REFUSED, 1);
    }
    return isBanned;
  }

  @Override
  public @Nullable Caller enter(Principal principal, Origin origin) {
    if (!hub.broker().hasVhost(origin.vhost()) || !principal.mayEnter(origin.vhost())) {
      return null;
    }
    Caller caller =
        new Caller(connection.info().session(), principal, origin.vhost(), origin.clientId());
    entered = caller;
    publishing.enter(hub.broker().publisher(caller, origin));
    idle.neverClose();
    connection.entered(caller);
    return caller;
  }

  @Override
  public void welcomed(
      Origin origin, int keepAliveSeconds, boolean cleanStart, long expirySeconds) {
    if (hub.isWatchingClients()) {
      ClientEvent.Connected connected =
          new ClientEvent.Connected(
              origin,
              connection.info().remoteAddress(),
              hub.nowMillis(),
              keepAliveSeconds,
              cleanStart,
              expirySeconds);
      connection.visitor().announce(connected);
      hub.tellOfClient(connected);
    }
  }

  @Override
  public void stay() {
    idle.neverClose();
  }

  @Override
  public boolean hasVhost(String vhost) {
    return hub.broker().hasVhost(vhost);
  }

  // ---- to the broker

  @Override
  public PublishResult publish(Message message, int flags, long token) {
    return publish(message, flags, token, null);
  }

  @Override
  public PublishResult publishOnce(Message message, int flags, long token, PublishOnce once) {
    return publish(message, flags, token, once);
  }

  private PublishResult publish(
      Message message, int flags, long token, @Nullable PublishOnce once) {
    Transaction into = transaction;
    if (into != null) {
      pace.admits(true); // none of a transaction is left out; what it costs is paid afterwards
      return into.publish(message, flags);
    }
    // What asks for a confirm is not dropped, nor what comes as the connection ends, such as a
    // will.
    boolean mustPass = (flags & Publisher.CONFIRM) != 0 || connection.isClosing();
    if ((flags & Publisher.CHECK) == 0 && !pace.admits(mustPass)) {
      hub.counters().add(Counter.MESSAGES_SHED, 1);
      return PublishResult.SHED;
    }
    if ((flags & Publisher.COPIES) != 0) {
      pace.routedBy(message.encoding().moreTopics().size());
    }
    return publishing.publish(message, flags, token, once);
  }

  @Override
  public void note(@Nullable QueueRef beside, SessionNote note, long token) {
    hub.broker().note(connection.info().session(), beside, note, token);
  }

  @Override
  public void settle(Delivery delivery, Outcome outcome) {
    Transaction into = transaction;
    if (into == null) {
      hub.broker().settle(delivery, outcome);
    } else {
      into.settle(delivery, outcome);
    }
  }

  @Override
  public void commit(Runnable parts, long token) {
    Caller caller = entered;
    if (caller == null || transaction != null) {
      throw new IllegalStateException("a commit before enter, or in another one");
    }
    Transaction begun = hub.broker().transaction(caller);
    transaction = begun;
    try {
      parts.run();
    } finally {
      transaction = null;
    }
    publishing.commit(begun, isDone -> connection.committed(token, isDone));
  }

  @Override
  public void grant(ConsumerRef consumer, int credit, boolean drain) {
    hub.broker().grant(consumer, credit, drain);
  }

  @Override
  public <R> void ask(Request<R> request, Then<Result<R>, F> then) {
    publishing.flushBefore(request);
    connection.awaitAnswer();
    hub.broker()
        .ask(request)
        .onSuccess(answer -> connection.whenFree(() -> then.accept(answer, this)));
  }

  @Override
  public void tell(Request<?> request) {
    publishing.flushBefore(request);
    hub.broker().ask(request);
  }

  // ---- to the peer

  @Override
  public void send(F frame) {
    sending.send(frame);
  }

  @Override
  public boolean isWritable() {
    return sending.isWritable();
  }

  @Override
  public void close(String reason) {
    connection.close(reason);
  }

  // ---- time

  @Override
  public void keepalive(long readTimeoutMillis, long writeIdleMillis) {
    idle.set(readTimeoutMillis, writeIdleMillis, hub.clockMillis());
    hub.reschedule(connection);
  }

  @Override
  public void wakeAt(long millis) {
    connection.wakeAt(millis);
  }

  @Override
  public long clockMillis() {
    return hub.clockMillis();
  }

  @Override
  public long nowMillis() {
    return hub.nowMillis();
  }
}
