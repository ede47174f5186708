package io.serai.gateway.harness;

import io.serai.bus.Caller;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Principal;
import io.serai.bus.PublishOnce;
import io.serai.bus.PublishResult;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionNote;
import io.serai.bus.SessionRef;
import io.serai.gateway.AuthResult;
import io.serai.gateway.Credentials;
import io.serai.gateway.Effects;
import io.serai.gateway.Session;
import io.serai.gateway.Then;
import io.serai.model.Message;
import io.serai.model.Origin;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The effects of a {@link SessionHarness}: keeps what the session causes, and answers what is
 * answered at once as the test has set it. The harness reads and sets all of this directly.
 *
 * @param <F> the protocol's frames
 */
final class RecordingEffects<F> implements Effects<F> {
  // ---- what the session caused

  final List<F> sent = new ArrayList<>();
  final List<Recorded> recorded = new ArrayList<>();
  final Deque<Pending<F>> pending = new ArrayDeque<>();

  /** Notes that are not safe yet. */
  final Deque<Long> unsafe = new ArrayDeque<>();

  final Deque<Long> committing = new ArrayDeque<>();
  long wakeAtMillis = Long.MAX_VALUE;
  boolean isStaying;
  @Nullable String closeReason;

  /** A request or credential check whose answer the session waits for. */
  record Pending<F>(Object asked, Then<Object, F> then) {}

  // ---- what the test has set

  final Set<String> forbiddenVhosts = new HashSet<>();
  final Set<String> missingVhosts = new HashSet<>();
  final Set<String> bannedClients = new HashSet<>();
  Function<Message, PublishResult> routing = _ -> PublishResult.ROUTED;
  SessionRef self = new SessionRef(0, 1);
  boolean writable = true;
  long nowMillis = 1_700_000_000_000L;

  /** A call of the session is running: only then may it use its effects. */
  boolean inCall;

  private final Consumer<Session<F>> become;

  /**
   * @param become gets the session that takes this one's place
   */
  RecordingEffects(Consumer<Session<F>> become) {
    this.become = become;
  }

  // ---- effects

  private void check() {
    if (!inCall) {
      throw new AssertionError("effects used outside a call of the session");
    }
  }

  private void record(Recorded what) {
    check();
    recorded.add(what);
  }

  @Override
  public void send(F frame) {
    check();
    if (closeReason == null) {
      sent.add(frame); // once closed, sends go nowhere
    }
  }

  @Override
  public void become(Session<F> next) {
    check();
    become.accept(next);
  }

  @Override
  public @Nullable Caller enter(Principal principal, Origin origin) {
    record(new Recorded.Entered(principal, origin));
    return forbiddenVhosts.contains(origin.vhost())
        ? null
        : new Caller(self, principal, origin.vhost(), origin.clientId());
  }

  @Override
  public void welcomed(
      Origin origin, int keepAliveSeconds, boolean cleanStart, long expirySeconds) {
    record(new Recorded.Welcomed(origin, keepAliveSeconds, cleanStart, expirySeconds));
  }

  @Override
  public boolean isBanned(Origin origin) {
    check();
    return bannedClients.contains(origin.clientId());
  }

  @Override
  public boolean hasVhost(String vhost) {
    check();
    return !missingVhosts.contains(vhost);
  }

  @Override
  public void authenticate(Credentials credentials, Then<AuthResult, F> then) {
    record(new Recorded.Authenticating(credentials));
    pending.add(new Pending<>(credentials, (answer, out) -> then.accept((AuthResult) answer, out)));
  }

  @Override
  public PublishResult publish(Message message, int flags, long token) {
    record(new Recorded.Published(message, flags, token));
    return routing.apply(message);
  }

  @Override
  public PublishResult publishOnce(Message message, int flags, long token, PublishOnce once) {
    record(new Recorded.Once(once));
    record(new Recorded.Published(message, flags, token));
    return routing.apply(message);
  }

  @Override
  public void note(@Nullable QueueRef beside, SessionNote note, long token) {
    record(new Recorded.Noted(beside, note, token));
    unsafe.add(token);
  }

  @Override
  public void commit(Runnable parts, long token) {
    check();
    parts.run();
    record(new Recorded.Committed(token));
    committing.add(token);
  }

  @Override
  public void settle(Delivery delivery, Outcome outcome) {
    record(new Recorded.Settled(delivery, outcome));
  }

  @Override
  public void grant(ConsumerRef consumer, int credit, boolean drain) {
    record(new Recorded.Granted(consumer, credit, drain));
  }

  @Override
  public <R> void ask(Request<R> request, Then<Result<R>, F> then) {
    record(new Recorded.Asked(request));
    @SuppressWarnings("unchecked") // the test answers with what the request asks for
    Then<Object, F> untyped = (answer, out) -> then.accept((Result<R>) answer, out);
    pending.add(new Pending<>(request, untyped));
  }

  @Override
  public void tell(Request<?> request) {
    record(new Recorded.Told(request));
  }

  @Override
  public void keepalive(long readTimeoutMillis, long writeIdleMillis) {
    record(new Recorded.Keepalive(readTimeoutMillis, writeIdleMillis));
  }

  @Override
  public boolean isWritable() {
    check();
    return writable;
  }

  @Override
  public void stay() {
    check();
    isStaying = true;
  }

  @Override
  public void wakeAt(long millis) {
    check();
    wakeAtMillis = millis;
  }

  @Override
  public long clockMillis() {
    return nowMillis(); // one clock will do where nobody sets it
  }

  @Override
  public long nowMillis() {
    check();
    return nowMillis;
  }

  @Override
  public void close(String reason) {
    record(new Recorded.Closed(reason));
    if (closeReason == null) {
      closeReason = reason;
    }
  }
}
