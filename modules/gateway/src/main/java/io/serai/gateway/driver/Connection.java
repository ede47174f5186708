package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;
import io.serai.bus.Caller;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Counter;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Principal;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionEvent;
import io.serai.gateway.AuthResult;
import io.serai.gateway.Codec;
import io.serai.gateway.ConfirmTracker;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Credentials;
import io.serai.gateway.Effects;
import io.serai.gateway.Gateway.Conversation;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Session;
import io.serai.gateway.Then;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.vertx.core.AsyncResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one connection: decodes what the transport received, calls the session, performs its
 * effects. Confined to the connection's event loop.
 *
 * <p>Input is held while an answer is awaited, so a session handles frames strictly in order; what
 * arrives meanwhile is at most one socket read, because reading pauses. Sends are encoded at once
 * into one buffer that leaves when the turn ends. A session is never called from inside one of its
 * own calls.
 */
final class Connection<F> implements Effects<F>, TransportEvents {
  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  /** Output collected before it goes to the transport within a turn. */
  private static final int FLUSH_BYTES = 256 * 1024;

  private static final int MAX_INITIAL_OUTPUT_BYTES = FLUSH_BYTES + FLUSH_BYTES / 4;

  /** How long a closing connection may take to read our last words. */
  private static final long LINGER_MILLIS = 1_000;

  private final SessionHub hub;
  private final ConnectionInfo info;
  private final Codec<F> codec;
  private final Session<F> session;
  private final Transport transport;
  private final ConfirmTracker confirms = new ConfirmTracker();
  private final ConfirmTracker.Sink confirmSink;

  private final Input input = new Input();
  private @Nullable ByteBuf output;
  private int lastOutputBytes = 1024;
  private boolean isDirty;

  private @Nullable Publisher publisher;
  private boolean hasPublished;
  private boolean hasConsumers;
  private long nextBatchId = 1;

  private int answersAwaited;
  private boolean readingPaused;
  private boolean inCall;
  private boolean drainedDuringCall;
  private boolean publishersBlocked;

  private boolean closing;
  private boolean transportClosed;
  private boolean ended;
  private String closeReason = "peer_closed";

  private boolean closedTold;

  private final IdleLimits limits;
  private final long openedMillis;

  /** The wheel tick that will visit this connection; 0 when none. Kept by the wheel. */
  long wheelTick;

  Connection(
      SessionHub hub, ConnectionInfo info, Conversation<F> conversation, Transport transport) {
    this.hub = hub;
    this.info = info;
    this.codec = conversation.codec();
    this.session = conversation.session();
    this.transport = transport;
    this.confirmSink = (token, accepted) -> session.onConfirm(token, accepted, this);
    this.openedMillis = hub.nowMillis();
    this.limits = new IdleLimits(openedMillis, openedMillis + hub.connectTimeoutMillis());
  }

  ConnectionInfo info() {
    return info;
  }

  /** The transport is ready: starts the session. */
  void open() {
    hub.opened(this);
    call(() -> session.onOpen(this));
  }

  // ---- input

  @Override
  public void received(ByteBuf bytes) {
    hub.beginTurn();
    limits.read(hub.nowMillis());
    hub.counters().add(Counter.BYTES_IN, bytes.readableBytes());
    if (closing || ended) {
      bytes.release();
      return;
    }
    input.add(bytes, transport);
    decode();
  }

  private void decode() {
    if (inCall || answersAwaited > 0 || closing || ended || isHeldBack()) {
      pauseIfHeld();
      return;
    }
    inCall = true;
    try {
      while (answersAwaited == 0 && !closing) {
        F frame = codec.decode(input.bytes());
        if (frame == null) {
          break;
        }
        session.onFrame(frame, this);
      }
    } catch (ProtocolException e) {
      protocolError(e);
    } catch (Throwable e) {
      internalError(e);
    } finally {
      inCall = false;
    }
    input.trim();
    afterCall();
    pauseIfHeld();
  }

  /** Whether publishers are held back and this connection publishes only. */
  private boolean isHeldBack() {
    return publishersBlocked && hasPublished && !hasConsumers;
  }

  private void pauseIfHeld() {
    boolean held = answersAwaited > 0 || isHeldBack();
    if (held && !readingPaused && !input.isEmpty()) {
      readingPaused = true;
      transport.pauseReading();
    }
  }

  private void resumeInput() {
    if (answersAwaited > 0 || closing || ended || isHeldBack()) {
      return;
    }
    if (!input.isEmpty()) {
      decode();
    }
    if (readingPaused && answersAwaited == 0 && !closing && !ended && !isHeldBack()) {
      readingPaused = false;
      transport.resumeReading();
      limits.read(hub.nowMillis()); // keepalive does not run while we hold the socket
    }
  }

  /** Drops what the codec left over of a datagram, unless it waits for an answer. */
  void dropRest() {
    if (answersAwaited == 0) {
      input.clear();
    }
  }

  // ---- calls into the session

  private void call(Runnable into) {
    if (ended) {
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

  private void afterCall() {
    flushPublishes();
    if (drainedDuringCall) {
      drainedDuringCall = false;
      call(() -> session.onWritable(this));
    }
  }

  private void protocolError(ProtocolException error) {
    hub.counters().add(Counter.PROTOCOL_ERRORS, 1);
    if (log.isDebugEnabled()) {
      log.debug(
          "protocol error protocol={} client={} code={} section=\"{}\" message=\"{}\"",
          info.listener(),
          info.remoteAddress(),
          error.code(),
          error.section(),
          LogText.of(error.getMessage()));
    }
    try {
      session.onProtocolError(error, this);
    } catch (Throwable e) {
      internalError(e);
    }
    close("protocol_error");
  }

  /**
   * Our fault: this one connection closes and the loop lives on. That holds for errors such as a
   * failed assertion or a class that does not link, too; only a virtual machine at its end goes on
   * up.
   */
  private void internalError(Throwable error) {
    if (error instanceof VirtualMachineError && !(error instanceof StackOverflowError)) {
      throw (VirtualMachineError) error;
    }
    log.error(
        "internal error, connection closed protocol={} client={}",
        info.listener(),
        info.remoteAddress(),
        error);
    try {
      session.onInternalError(this);
    } catch (RuntimeException e) {
      log.debug("internal error while reporting one", e);
    }
    close("internal_error");
  }

  void onEvent(SessionEvent event) {
    switch (event) {
      case SessionEvent.Deliver(_, var deliveries) ->
          call(() -> {
            session.onDeliveries(deliveries, this);
            session.onBatchEnd(this);
          });
      case SessionEvent.Appended(_, long batchId, var refused) ->
          call(() -> {
            confirms.answered(batchId, refused, confirmSink);
            session.onBatchEnd(this);
          });
      case SessionEvent.Ready(_, ConsumerRef consumer) ->
          call(() -> session.onReady(consumer, this));
      case SessionEvent.Drained(_, ConsumerRef consumer, int unused) ->
          call(() -> session.onDrained(consumer, unused, this));
      case SessionEvent.ConsumerCancelled(_, ConsumerRef consumer) ->
          call(() -> session.onConsumerCancelled(consumer, this));
      case SessionEvent.TakenOver(_, String clientId, long epoch) ->
          call(() -> session.onTakenOver(clientId, epoch, this));
      case SessionEvent.PublishersBlocked(_, String reason) -> blockPublishers(reason);
      case SessionEvent.PublishersUnblocked _ -> unblockPublishers();
    }
  }

  void blockPublishers(String reason) {
    if (!publishersBlocked) {
      publishersBlocked = true;
      call(() -> session.onPublishersBlocked(reason, this));
    }
  }

  void unblockPublishers() {
    if (publishersBlocked) {
      publishersBlocked = false;
      call(() -> session.onPublishersUnblocked(this));
      resumeInput();
    }
  }

  void shutdown() {
    if (!closing && !ended) {
      call(() -> session.onShutdown(this));
      close("shutdown");
    }
  }

  // ---- effects

  @Override
  public void send(F frame) {
    if (transportClosed) {
      return;
    }
    ByteBuf out = output;
    if (out == null) {
      out = transport.allocator().ioBuffer(Math.min(lastOutputBytes, MAX_INITIAL_OUTPUT_BYTES));
      output = out;
      markDirty();
    }
    codec.encode(frame, out);
    if (out.readableBytes() >= FLUSH_BYTES) {
      writeOutput();
    }
  }

  private void markDirty() {
    if (!isDirty) {
      isDirty = true;
      hub.markDirty(this);
    }
  }

  private void writeOutput() {
    ByteBuf out = output;
    if (out != null) {
      output = null;
      int bytes = out.readableBytes();
      lastOutputBytes = Math.max(256, bytes + (bytes >> 2));
      hub.counters().add(Counter.BYTES_OUT, bytes);
      limits.wrote(hub.nowMillis());
      transport.write(out);
    }
  }

  /** The turn ends: what was collected leaves. */
  void flush() {
    isDirty = false;
    if (transportClosed) {
      dropOutput();
      return;
    }
    writeOutput();
    transport.flush();
    if (closing && !ended) {
      transport.finish();
    }
  }

  private void dropOutput() {
    ByteBuf out = output;
    if (out != null) {
      output = null;
      out.release();
    }
  }

  @Override
  public @Nullable Caller enter(Principal principal, Origin origin) {
    if (!hub.broker().hasVhost(origin.vhost()) || !principal.mayEnter(origin.vhost())) {
      return null;
    }
    Caller caller = new Caller(info.session(), principal, origin.vhost(), origin.clientId());
    publisher = hub.broker().publisher(caller, origin);
    limits.neverClose();
    return caller;
  }

  @Override
  public boolean hasVhost(String vhost) {
    return hub.broker().hasVhost(vhost);
  }

  @Override
  public void authenticate(Credentials credentials, Then<AuthResult, F> then) {
    answersAwaited++;
    hub.authenticator()
        .authenticate(credentials, info)
        .onComplete(done -> hub.onLoop(() -> authenticated(done, then)));
  }

  private void authenticated(AsyncResult<AuthResult> done, Then<AuthResult, F> then) {
    AuthResult result =
        done.succeeded()
            ? done.result()
            : new AuthResult.Denied("the authenticator failed: " + done.cause());
    if (result instanceof AuthResult.Denied) {
      hub.counters().add(Counter.AUTHENTICATION_FAILURES, 1);
    }
    whenFree(() -> then.accept(result, this));
  }

  @Override
  public PublishResult publish(Message message, int flags, long token) {
    Publisher to = publisher;
    if (to == null) {
      throw new IllegalStateException("publish before enter");
    }
    hasPublished = true;
    PublishResult result = to.publish(message, flags);
    if ((flags & Publisher.CONFIRM) != 0 && result == PublishResult.ROUTED) {
      confirms.add(token);
    }
    return result;
  }

  private void flushPublishes() {
    Publisher to = publisher;
    if (to != null && hasPublished) {
      long batchId = nextBatchId++;
      // Register before sending: an owner on this loop may have answered by the time flush returns.
      confirms.flushed(batchId, to.flush(batchId));
    }
  }

  @Override
  public void settle(Delivery delivery, Outcome outcome) {
    hub.broker().settle(delivery, outcome);
  }

  @Override
  public void grant(ConsumerRef consumer, int credit, boolean drain) {
    hub.broker().grant(consumer, credit, drain);
  }

  @Override
  public <R> void ask(Request<R> request, Then<Result<R>, F> then) {
    flushPublishes();
    if (request instanceof Request.Consume) {
      hasConsumers = true;
    }
    answersAwaited++;
    hub.broker().ask(request).onSuccess(answer -> whenFree(() -> then.accept(answer, this)));
  }

  /**
   * Runs an answer's continuation now, so that it keeps its place among the events of the turn, or
   * right after the session's call if the answer was there at once.
   */
  private void whenFree(Runnable continuation) {
    if (inCall) {
      hub.later(() -> answered(continuation));
    } else {
      answered(continuation);
    }
  }

  private void answered(Runnable continuation) {
    hub.beginTurn();
    answersAwaited--;
    call(continuation);
    if (transportClosed) {
      end();
    } else {
      resumeInput();
    }
  }

  @Override
  public void tell(Request<?> request) {
    flushPublishes();
    hub.broker().ask(request);
  }

  @Override
  public void keepalive(long readTimeoutMillis, long writeIdleMillis) {
    limits.set(readTimeoutMillis, writeIdleMillis, hub.nowMillis());
    hub.reschedule(this);
  }

  @Override
  public boolean isWritable() {
    return !transportClosed && transport.isWritable();
  }

  @Override
  public long nowMillis() {
    return hub.nowMillis();
  }

  // ---- time

  /** When the wheel should look at this connection next; {@link Long#MAX_VALUE} for never. */
  long nextDeadlineMillis() {
    return limits.nextMillis(closing);
  }

  /** The wheel's visit. */
  void onTick(long nowMillis) {
    if (ended) {
      return;
    }
    if (limits.isCloseDue(nowMillis)) {
      if (!closing) {
        closeReason = "connect_timeout";
        closing = true;
      }
      transport.close();
      return;
    }
    if (closing) {
      return;
    }
    if (limits.isWriteIdle(nowMillis)) {
      limits.wrote(nowMillis);
      call(() -> session.onWriteIdle(this));
    }
    if (!readingPaused && limits.isReadTimedOut(nowMillis)) {
      limits.read(nowMillis);
      call(() -> session.onReadTimeout(this));
    }
  }

  // ---- end

  @Override
  public void close(String reason) {
    if (closing) {
      return;
    }
    closing = true;
    closeReason = reason;
    limits.closeAt(hub.nowMillis() + LINGER_MILLIS);
    hub.reschedule(this);
    markDirty();
    if (readingPaused) {
      readingPaused = false;
      transport.resumeReading(); // what still comes is dropped; its end is the peer's close
    }
  }

  @Override
  public void drained() {
    if (inCall) {
      drainedDuringCall = true;
    } else {
      call(() -> session.onWritable(this));
    }
  }

  @Override
  public void closed() {
    if (transportClosed) {
      return;
    }
    hub.beginTurn();
    transportClosed = true;
    closing = true;
    dropOutput();
    if (answersAwaited == 0) {
      end();
    }
  }

  private void end() {
    if (ended || answersAwaited > 0) {
      return;
    }
    if (!closedTold) {
      closedTold = true;
      call(() -> session.onClosed(this));
    }
    if (answersAwaited > 0) {
      return; // the session asked for one more thing; its answer brings us back
    }
    ended = true;
    input.clear();
    hub.closed(this);
    if (log.isDebugEnabled()) {
      log.debug(
          "connection closed protocol={} client={} reason={} age_s={}",
          info.listener(),
          info.remoteAddress(),
          closeReason,
          (hub.nowMillis() - openedMillis) / 1000);
    }
  }

  boolean isEnded() {
    return ended;
  }

  /** Whether this connection is authenticated and in a vhost. */
  boolean hasEntered() {
    return publisher != null;
  }
}
