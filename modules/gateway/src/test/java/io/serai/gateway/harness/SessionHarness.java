package io.serai.gateway.harness;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.PublishResult;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRef;
import io.serai.gateway.AuthResult;
import io.serai.gateway.Credentials;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Session;
import io.serai.gateway.Then;
import io.serai.gateway.harness.RecordingEffects.Pending;
import io.serai.model.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Plays driver and broker for one session: hands it frames and events, records what it causes and
 * lets the test answer. Keeps the driver's promises: input is held while a request or a credential
 * check is outstanding, nothing is read after a close, a {@link ProtocolException} goes to {@link
 * Session#onProtocolError}; and it fails the test when the session uses its effects outside a call.
 *
 * @param <F> the protocol's frames
 */
public final class SessionHarness<F> {
  private final RecordingEffects<F> effects = new RecordingEffects<>(this::become);
  private final Deque<F> held = new ArrayDeque<>();
  private Session<F> session;
  private boolean holdsNotes;
  private @Nullable Function<Request<?>, @Nullable Result<?>> broker;

  /** Publishing is held back. */
  private @Nullable String blockedBecause;

  public SessionHarness(Session<F> session) {
    this.session = session;
  }

  // ---- what the peer does

  /** The transport opens. */
  public void open() {
    call(session::onOpen);
  }

  /** The peer sends frames; they are held while the session waits for an answer. */
  @SafeVarargs
  public final void receives(F... frames) {
    for (F frame : frames) {
      held.add(frame);
    }
    handleHeld();
  }

  /** The codec finds the peer's bytes wrong. */
  public void receivesGarbage(ProtocolException error) {
    call(_ -> {
      throw error;
    });
  }

  /** The transport goes away. */
  public void disconnect() {
    call(session::onClosed);
  }

  // ---- what the broker does

  /** Answers the oldest outstanding request. */
  public void answer(Result<?> result) {
    Pending<F> oldest = nextPending(Request.class);
    handleAnswer(oldest.then(), result);
    handleHeld();
  }

  /** Answers the oldest outstanding request with a value. */
  public void answerOk(Object value) {
    answer(Result.ok(value));
  }

  /** Refuses the oldest outstanding request. */
  public void refuse(Refusal reason, String text) {
    answer(Result.refused(reason, text));
  }

  /** Answers the outstanding credential check. */
  public void authenticated(AuthResult result) {
    Pending<F> oldest = nextPending(Credentials.class);
    handleAnswer(oldest.then(), result);
    handleHeld();
  }

  /** Messages arrive for the session's consumers, as one batch. */
  public void deliver(Delivery... deliveries) {
    call(out -> session.onDeliveries(List.of(deliveries), out));
    call(session::onBatchEnd);
  }

  /** Publishes are confirmed, as one batch. */
  public void confirm(boolean accepted, long... tokens) {
    for (long token : tokens) {
      call(out -> session.onConfirm(token, accepted, out));
    }
    call(session::onBatchEnd);
  }

  /** The oldest commit that is not answered is done, or refused. */
  public void commit(boolean isDone) {
    long token = effects.committing.remove();
    call(out -> session.onCommitted(token, isDone, out));
    call(session::onBatchEnd);
  }

  /** From now on notes are not safe before {@link #syncNotes}; else they are after each call. */
  public void holdNotes() {
    holdsNotes = true;
  }

  /** Every note so far is safe. */
  public void syncNotes() {
    for (Long token; (token = effects.unsafe.poll()) != null; ) {
      long safe = token;
      call(out -> session.onNoted(safe, out));
    }
  }

  /** Queues had publishes before. */
  public void repeat(long... tokens) {
    for (long token : tokens) {
      call(out -> session.onRepeat(token, out));
    }
  }

  /** Publishes are confirmed or refused, as one batch. */
  public void confirmMixed(long[] tokens, boolean... accepted) {
    for (int i = 0; i < tokens.length; i++) {
      long token = tokens[i];
      boolean outcome = accepted[i];
      call(out -> session.onConfirm(token, outcome, out));
    }
    call(session::onBatchEnd);
  }

  /** A consumer with shared credit has messages waiting. */
  public void ready(ConsumerRef consumer) {
    call(out -> session.onReady(consumer, out));
  }

  /** Credit granted with drain was not used. */
  public void drained(ConsumerRef consumer, int unused) {
    call(out -> session.onDrained(consumer, unused, out));
  }

  /** The queue under a consumer is deleted. */
  public void cancelConsumer(ConsumerRef consumer) {
    call(out -> session.onConsumerCancelled(consumer, out));
  }

  /** A consumer that only reads has read everything. */
  public void endBrowse(ConsumerRef consumer) {
    call(out -> session.onBrowseEnded(consumer, out));
  }

  /** A delivery has been unsettled for too long. */
  public void timeOut(ConsumerRef consumer, long timeoutMillis) {
    call(out -> session.onAckTimedOut(consumer, timeoutMillis, out));
  }

  /** Publishing is held back. */
  public void blockPublishers(String reason) {
    blockedBecause = reason;
    call(out -> session.onPublishersBlocked(reason, out));
  }

  /** Publishing may go on. */
  public void unblockPublishers() {
    blockedBecause = null;
    call(session::onPublishersUnblocked);
  }

  /** Any other event. */
  public void event(Consumer<Effects<F>> event) {
    call(event);
  }

  /** From now on requests are answered at once, unless {@code answers} gives null. */
  public void answerWith(Function<Request<?>, @Nullable Result<?>> answers) {
    broker = answers;
  }

  /** What publishes are answered from now on; ROUTED until set. */
  public void routeWith(Function<Message, PublishResult> answers) {
    effects.routing = answers;
  }

  /** {@code Effects.enter} answers null for this vhost. */
  public void forbidVhost(String vhost) {
    effects.forbiddenVhosts.add(vhost);
  }

  /** {@code Effects.isBanned} answers true for this client id. */
  public void ban(String clientId) {
    effects.bannedClients.add(clientId);
  }

  /** This vhost does not exist; {@code Effects.enter} answers null for it. */
  public void removeVhost(String vhost) {
    effects.missingVhosts.add(vhost);
    effects.forbiddenVhosts.add(vhost);
  }

  // ---- what the driver does

  /** Nothing was received for the time the session set. */
  public void timeOutReading() {
    call(session::onReadTimeout);
  }

  /** Nothing was sent for the time the session set. */
  public void idleWriting() {
    call(session::onWriteIdle);
  }

  /** The node shuts down. */
  public void shutDown() {
    call(session::onShutdown);
  }

  /** An administrator ends the connection. */
  public void evict(String reason) {
    call(out -> session.onEvicted(reason, out));
  }

  /** Something of ours fails. */
  public void failInside() {
    call(session::onInternalError);
  }

  /** Whether the peer takes what is sent; becoming writable again calls the session. */
  public void writable(boolean now) {
    boolean woken = now && !effects.writable;
    effects.writable = now;
    if (woken) {
      call(session::onWritable);
    }
  }

  /** Moves the clock. */
  public void elapse(long millis) {
    effects.nowMillis += millis;
  }

  /** Moves the clock, and wakes the session whenever it wants to be. */
  public void pass(long millis) {
    long until = effects.nowMillis + millis;
    while (effects.closeReason == null && effects.wakeAtMillis <= until) {
      effects.nowMillis = Math.max(effects.nowMillis, effects.wakeAtMillis);
      effects.wakeAtMillis = Long.MAX_VALUE;
      call(session::onWake);
    }
    effects.nowMillis = until;
  }

  /** The time, milliseconds since 1970. */
  public long nowMillis() {
    return effects.nowMillis;
  }

  /** Whether the connect timeout was ended without a login. */
  public boolean isStaying() {
    return effects.isStaying;
  }

  /** When the session wants to be woken; {@link Long#MAX_VALUE} for never. */
  public long wakeAtMillis() {
    return effects.wakeAtMillis;
  }

  // ---- what the session did

  /** Frames sent since the last call. */
  public List<F> sent() {
    List<F> now = List.copyOf(effects.sent);
    effects.sent.clear();
    return now;
  }

  /** The one frame sent since the last call, of this type. */
  public <T extends F> T sentOne(Class<T> type) {
    List<F> now = sent();
    if (now.size() != 1 || !type.isInstance(now.getFirst())) {
      throw new AssertionError("expected one " + type.getSimpleName() + ", sent was " + now);
    }
    return type.cast(now.getFirst());
  }

  /** What was caused beside frames since the last call, in order. */
  public List<Recorded> recorded() {
    List<Recorded> now = List.copyOf(effects.recorded);
    effects.recorded.clear();
    return now;
  }

  /** What of one kind was caused since the last call; everything else stays recorded. */
  public <T extends Recorded> List<T> recorded(Class<T> type) {
    List<T> now = effects.recorded.stream().filter(type::isInstance).map(type::cast).toList();
    effects.recorded.removeIf(type::isInstance);
    return now;
  }

  /** The request whose answer the session waits for. */
  public <T> T asked(Class<T> type) {
    Pending<F> oldest = effects.pending.peek();
    if (oldest == null || !type.isInstance(oldest.asked())) {
      throw new AssertionError(
          "expected a " + type.getSimpleName() + ", outstanding " + effects.pending);
    }
    return type.cast(oldest.asked());
  }

  /** Whether the session waits for an answer. */
  public boolean isWaiting() {
    return !effects.pending.isEmpty();
  }

  /** Why the session closed, or null while it has not. */
  public @Nullable String closeReason() {
    return effects.closeReason;
  }

  /** The session's address, as its callers carry it. */
  public SessionRef self() {
    return effects.self;
  }

  /** Another address than the default. */
  public SessionHarness<F> as(SessionRef ref) {
    effects.self = ref;
    return this;
  }

  // ----

  private Pending<F> nextPending(Class<?> kind) {
    Pending<F> oldest = effects.pending.poll();
    if (oldest == null || !kind.isInstance(oldest.asked())) {
      throw new AssertionError("no outstanding " + kind.getSimpleName() + " but " + oldest);
    }
    return oldest;
  }

  /** As the driver has it: opened, and told if publishing is held back. */
  private void become(Session<F> next) {
    session = next;
    next.onOpen(effects);
    if (blockedBecause != null) {
      next.onPublishersBlocked(blockedBecause, effects);
    }
  }

  private void handleAnswer(Then<Object, F> then, Object answer) {
    call(out -> {
      then.accept(answer, out);
      session.onAnswerHandled(out);
    });
  }

  private void handleHeld() {
    while (effects.pending.isEmpty() && effects.closeReason == null && !held.isEmpty()) {
      F frame = held.remove();
      call(out -> session.onFrame(frame, out));
    }
  }

  private void call(Consumer<Effects<F>> what) {
    if (effects.inCall) {
      throw new AssertionError("the session is called from inside one of its calls");
    }
    effects.inCall = true;
    try {
      try {
        what.accept(effects);
      } catch (ProtocolException e) {
        session.onProtocolError(e, effects);
      }
    } finally {
      effects.inCall = false;
    }
    answerAtOnce();
    if (!holdsNotes) {
      syncNotes();
    }
  }

  /** Never inside the asking call: answers come later in the turn, as with the real driver. */
  private void answerAtOnce() {
    Function<Request<?>, @Nullable Result<?>> answers = broker;
    while (answers != null
        && effects.pending.peek() instanceof Pending<F>(Request<?> request, var then)) {
      Result<?> result = answers.apply(request);
      if (result == null) {
        return;
      }
      effects.pending.remove();
      handleAnswer(then, result);
    }
  }
}
