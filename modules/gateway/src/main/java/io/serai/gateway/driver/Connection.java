package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;
import io.serai.bus.Caller;
import io.serai.bus.Counter;
import io.serai.bus.PublishResult;
import io.serai.bus.SessionEvent;
import io.serai.gateway.Codec;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Effects;
import io.serai.gateway.Gateway.Conversation;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Session;
import org.jspecify.annotations.Nullable;

/**
 * Drives one connection: decodes what the transport received, calls the session, and sees to its
 * end. What the session causes goes through {@link ConnectionEffects}. Confined to the connection's
 * event loop.
 *
 * <p>Input is held while an answer is awaited, so a session handles frames strictly in order; what
 * arrives meanwhile is at most one socket read, because reading pauses. Sends are encoded at once
 * into one buffer that leaves when the turn ends. A session is never called from inside one of its
 * own calls.
 */
final class Connection<F> implements TransportEvents, HeavyReads.Reader {
  private final SessionHub hub;
  private final ConnectionInfo info;
  private final Visitor visitor;
  private final long openedMillis;

  // from the socket to the session ...
  private final Transport transport;
  private final Input input;
  private final Codec<F> codec;
  private final Pace pace;
  private final Appetite appetite = new Appetite(System.nanoTime());
  private Session<F> session;

  // ... to the broker and back to the socket ...
  private final Effects<F> effects;
  private final Publishing publishing;
  private final SessionEvents<F> events;
  private final Sending<F> sending;

  // ... until it ends
  private final IdleLimits idle;
  private final Faults<F> faults;
  private final Ending ending;

  /** The session is in one of its calls: whatever calls it next has to wait for its return. */
  private boolean inCall;

  /** Answers that have been asked for and have not come; input is held until they have. */
  private int answersAwaited;

  /** Whether the frame at hand is the last of what came so far. */
  private boolean isLastFrame;

  /** Room to write came during a call: {@link Session#onWritable} follows it. */
  private boolean drainedDuringCall;

  /** It has been kept waiting for the sake of others, which is logged once. */
  private boolean hasRested;

  /** Who it is and in which vhost; null as long as it is in none. */
  private @Nullable Caller caller;

  /** When the session wants to be woken. */
  private long wakeAtMillis = Long.MAX_VALUE;

  /** The wheel tick that will visit this connection; 0 when none. Kept by the wheel. */
  long wheelTick;

  Connection(
      SessionHub hub,
      Visitor visitor,
      ConnectionInfo info,
      Conversation<F> conversation,
      Transport transport) {
    this.hub = hub;
    this.visitor = visitor;
    this.info = info;
    this.codec = conversation.codec();
    this.session = conversation.session();
    this.transport = transport;
    this.input = new Input(transport);
    this.publishing =
        new Publishing(hub.gate(), this::resumeInput, this::notRouted, this::internalError);
    this.openedMillis = hub.clockMillis();
    this.pace = new Pace(hub, visitor.gate(), this::resumeInput);
    this.idle = new IdleLimits(openedMillis, openedMillis + hub.connectTimeoutMillis());
    this.ending = new Ending(transport, idle);
    Output<F> output = new Output<>(codec, transport, hub.sharedBodies());
    this.sending = new Sending<>(hub, this, output, transport, idle, ending);
    this.effects = new ConnectionEffects<>(this, hub, sending, publishing, idle, pace);
    this.events = new SessionEvents<>(session, effects, publishing);
    this.faults = new Faults<>(info, effects, hub.counters());
  }

  ConnectionInfo info() {
    return info;
  }

  /** What it counts against. */
  Visitor visitor() {
    return visitor;
  }

  /** The transport is ready: starts the session. */
  void open() {
    hub.opened(this);
    call(() -> session.onOpen(effects));
  }

  /** Whether its session asks not to be forgotten as long as others can be. */
  boolean isAnchored() {
    return session.isAnchored();
  }

  // ---- input

  @Override
  public void received(ByteBuf bytes) {
    hub.beginTurn();
    idle.read(hub.clockMillis());
    int length = bytes.readableBytes();
    hub.counters().add(Counter.BYTES_IN, length);
    if (ending.isClosing()) {
      bytes.release();
      return;
    }
    long since = System.nanoTime();
    input.add(bytes);
    decode();
    long now = System.nanoTime();
    if (hub.mustRest(this, now - since, now)) {
      rest();
    }
    transport.handled(length, now - since, hub.readNanos());
  }

  private void rest() {
    input.setResting(true); // until readOn
    if (!hasRested) {
      hasRested = true;
      ConnectionLog.throttled(info);
    }
  }

  @Override
  public Appetite appetite() {
    return appetite;
  }

  @Override
  public boolean isPublisher() {
    return publishing.hasPublished();
  }

  @Override
  public void readOn() {
    if (!ending.isOver()) {
      input.setResting(false);
    }
  }

  /** Hands the session what is there, frame by frame, until something makes the next one wait. */
  private void decode() {
    if (inCall || mustWait()) {
      holdIfMustWait();
      return;
    }
    inCall = true;
    try {
      while (!mustWait()) {
        ByteBuf from = input.bytes();
        int before = from.readerIndex();
        F frame = codec.decode(from);
        pace.read(from.readerIndex() - before);
        if (frame == null) {
          if (input.nextPiece()) {
            continue;
          }
          break;
        }
        isLastFrame = input.isEmpty();
        session.onFrame(frame, effects);
      }
    } catch (ProtocolException e) {
      isLastFrame = false; // who breaks the rules goes on talking
      protocolError(e);
    } catch (Throwable e) {
      internalError(e);
    } finally {
      inCall = false;
      isLastFrame = false;
    }
    input.trim();
    afterCall();
    holdIfMustWait();
  }

  /** Whether the next frame has to wait: for an answer, for room, for its turn, or for ever. */
  private boolean mustWait() {
    return answersAwaited > 0 || ending.isClosing() || publishing.isFull() || pace.mustWait();
  }

  /** Holds what is left of the input, if the next frame has to wait, until {@link #resumeInput}. */
  private void holdIfMustWait() {
    if (ending.isClosing()) {
      return;
    }
    if (pace.isOver() && !inCall) {
      call(() -> session.onRateExceeded(effects));
      close("rate_exceeded");
    } else if (mustWait()) {
      boolean isHeldAnew = !input.isPaused() && !input.isEmpty();
      input.hold();
      if (pace.hold(isHeldAnew)) {
        hub.reschedule(this); // a tick resumes it
      }
    }
  }

  /** A reason to wait is gone: if it was the last, decodes what was held and reads on. */
  private void resumeInput() {
    if (mustWait()) {
      holdIfMustWait(); // also for another reason: an answer may have published beyond the rate
      return;
    }
    if (!input.isEmpty()) {
      decode();
    }
    if (!mustWait() && input.readOn()) {
      idle.read(hub.clockMillis()); // keepalive does not run while we hold the socket
    }
  }

  // ---- calls into the session

  /** Calls the session, unless it is over; whatever goes wrong ends this connection alone. */
  private void call(Runnable into) {
    if (ending.isOver()) {
      return;
    }
    inCall = true;
    try {
      into.run();
    } catch (ProtocolException e) {
      protocolError(e);
    } catch (Throwable e) {
      internalError(e);
    } finally {
      inCall = false;
    }
    afterCall();
  }

  /** The session has returned: what it published leaves, and what came meanwhile is told. */
  private void afterCall() {
    try {
      publishing.flush();
    } catch (Throwable e) {
      internalError(e); // who called may have other connections to call
    }
    if (drainedDuringCall) {
      drainedDuringCall = false;
      call(() -> session.onWritable(effects));
    }
  }

  private void protocolError(ProtocolException error) {
    close(faults.ofPeer(error, session));
  }

  private void internalError(Throwable error) {
    close(faults.ofOurs(error, session));
  }

  void onEvent(SessionEvent event) {
    call(() -> events.on(event));
  }

  /** A publish of the session's that had to wait has nowhere to go any more. */
  private void notRouted(long token, PublishResult why) {
    hub.later(() -> call(() -> events.notRouted(token, why)));
  }

  /** Tells the session that publishers wait; {@link Publishing} sees to it that they do. */
  void blockPublishers(String reason) {
    call(() -> events.blocked(reason));
  }

  void unblockPublishers() {
    call(events::unblocked);
  }

  /** Ends it because its user or vhost is gone. */
  void evict(String reason) {
    if (!ending.isClosing()) {
      call(() -> session.onEvicted(reason, effects));
      close("evicted");
    }
  }

  void shutdown() {
    if (!ending.isClosing()) {
      call(() -> session.onShutdown(effects));
      close("shutdown");
    }
  }

  // ---- for the effects

  /** Another session takes the place of the one that runs. */
  void become(Session<F> next) {
    session = next;
    next.onOpen(effects);
    events.become(next);
  }

  /** A commit is done: the session learns of it, but not from inside one of its calls. */
  void committed(long token, boolean isDone) {
    if (inCall) {
      hub.later(() -> committed(token, isDone));
    } else {
      hub.beginTurn();
      call(() -> {
        session.onCommitted(token, isDone, effects);
        session.onBatchEnd(effects);
      });
    }
  }

  /** The turn ends: what was collected leaves. */
  void flush() {
    try {
      sending.flush();
    } catch (RuntimeException e) {
      internalError(e); // the loop's other connections have something to say, too
    }
  }

  /** It is authenticated and in a vhost. */
  void entered(Caller as) {
    caller = as;
  }

  /** Another answer is awaited; input is held until {@link #whenFree} brings it. */
  void awaitAnswer() {
    answersAwaited++;
  }

  /**
   * Runs an answer's continuation now, so that it keeps its place among the events of the turn, or
   * right after the session's call if the answer was there at once.
   */
  void whenFree(Runnable continuation) {
    if (inCall) {
      hub.later(() -> answered(continuation));
    } else {
      answered(continuation);
    }
  }

  private void answered(Runnable continuation) {
    hub.beginTurn();
    answersAwaited--;
    call(() -> {
      continuation.run();
      session.onAnswerHandled(effects);
    });
    if (ending.isTransportGone()) {
      end();
    } else {
      resumeInput();
    }
  }

  // ---- time

  /** When the wheel should look at this connection next; {@link Long#MAX_VALUE} for never. */
  long nextDeadlineMillis() {
    long next = idle.nextMillis(ending.isClosing());
    return ending.isClosing()
        ? next
        : Math.min(next, Math.min(wakeAtMillis, pace.resumeAtMillis()));
  }

  /** The wheel's visit. */
  void onTick(long nowMillis) {
    try {
      checkTime(nowMillis);
    } catch (RuntimeException e) {
      internalError(e);
    }
  }

  private void checkTime(long nowMillis) {
    if (ending.isOver() || ending.closeIfDue(nowMillis) || ending.isClosing()) {
      return;
    }
    if (pace.isResumeDue(nowMillis)) {
      resumeInput();
      holdIfMustWait();
    }
    if (nowMillis >= wakeAtMillis) {
      wakeAtMillis = Long.MAX_VALUE;
      call(() -> session.onWake(effects));
    }
    if (idle.isWriteIdle(nowMillis)) {
      idle.wrote(nowMillis);
      call(() -> session.onWriteIdle(effects));
    }
    if (!input.isPaused() && idle.isReadTimedOut(nowMillis)) {
      idle.read(nowMillis);
      call(() -> session.onReadTimeout(effects));
    }
  }

  void wakeAt(long millis) {
    if (millis != wakeAtMillis) {
      wakeAtMillis = millis;
      hub.reschedule(this);
    }
  }

  // ---- end: close (if we do), last words flushed, transport gone, session told, over

  /** Whether nothing that comes counts any more. */
  boolean isClosing() {
    return ending.isClosing();
  }

  /** Closes after what was sent so far. */
  void close(String reason) {
    if (ending.isClosing()) {
      return;
    }
    ending.close(reason, isLastFrame && !sending.isDirty(), hub.clockMillis());
    hub.reschedule(this);
    sending.markDirty();
    input.readOn(); // what still comes is dropped; its end is the peer's close
  }

  @Override
  public void drained() {
    if (inCall) {
      drainedDuringCall = true;
    } else {
      call(() -> session.onWritable(effects));
    }
  }

  @Override
  public void closed() {
    if (ending.isTransportGone()) {
      return;
    }
    hub.beginTurn();
    ending.transportGone();
    sending.drop();
    publishing.leave();
    if (answersAwaited == 0) {
      end();
    }
  }

  /** The transport is gone. Comes again with each answer that is still awaited then. */
  private void end() {
    if (ending.isOver() || answersAwaited > 0) {
      return;
    }
    ending.tellOnce(() -> call(() -> session.onClosed(effects)));
    if (answersAwaited > 0) {
      return; // the session asked for one more thing; its answer brings us back
    }
    ending.over();
    pace.leave();
    input.clear();
    hub.closed(this);
    ConnectionLog.closed(info, ending.reason(), hub.clockMillis() - openedMillis);
  }

  /** Why it ended, for logs and whoever watches clients. */
  String closeReason() {
    return ending.reason();
  }

  boolean isEnded() {
    return ending.isOver();
  }

  /** Null as long as it is in no vhost. */
  @Nullable Caller caller() {
    return caller;
  }
}
