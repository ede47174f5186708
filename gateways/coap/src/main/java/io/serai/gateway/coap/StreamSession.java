package io.serai.gateway.coap;

import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.gateway.coap.Observer.Ended;
import io.serai.gateway.coap.Observer.Notified;
import io.serai.gateway.coap.Requests.Notification;
import io.serai.model.Body;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One peer over TCP, TLS or WebSocket (RFC 8323): the connection does what message types, ids and
 * repetition do over UDP, and signals what is left. Confined to the connection's event loop.
 */
final class StreamSession implements PeerSession, Carrier {
  /** What a peer takes that has not said (RFC 8323 §5.3.1). */
  private static final int DEFAULT_MAX_BYTES = 1_152;

  /** Room for the length, the code and the longest token. */
  private static final int HEAD_BYTES = 6 + CoapToken.MAX_LENGTH;

  /** Room for Block2, Size2 and an ETag, which are put in last. */
  private static final int BLOCK_OPTION_BYTES = 4 + 6 + 9;

  /** A message of many blocks does not keep others waiting for long. */
  private static final int MAX_BERT_BYTES = 64 << 10;

  /** How long a silent peer may take to answer a ping. */
  private static final long PONG_MILLIS = 30_000;

  private static final int MAX_PINGS = 16;

  private final CoapSettings settings;
  private final RequestHandler handler;
  private final Requests requests;
  private final int ourMaxBytes;
  private int theirMaxBytes = DEFAULT_MAX_BYTES;
  private boolean takesBlocks;
  private boolean hasCapabilities;
  private boolean isPinged;

  /** The peer wants to leave; it is let go when nothing is open. */
  private boolean isReleasing;

  private boolean isClosing;
  private @Nullable Exchange current;

  /** Requests without an answer; bounded by {@code max-pending-requests}. */
  private final Set<Exchange> open = new HashSet<>(4);

  /** Pings that are answered when what came before them is; at most {@link #MAX_PINGS}. */
  private final List<Ping> pings = new ArrayList<>(0);

  /**
   * Answers that the peer does not read yet; at most {@code max-pending-requests}, then it is left.
   * Their bodies are those of messages, not copies.
   */
  private final Queue<CoapMessage> unsent = new ArrayDeque<>(4);

  /** Relations with something to send; each once. */
  private final Queue<Relation> row = new ArrayDeque<>(4);

  private record Ping(CoapToken token, Set<Exchange> before) {}

  /**
   * @param ourMaxBytes the longest message we take
   */
  StreamSession(CoapSettings settings, CoapShared shared, RequestHandler handler, int ourMaxBytes) {
    this.settings = settings;
    this.handler = handler;
    this.requests = new Requests(handler, settings, shared, this);
    this.ourMaxBytes = ourMaxBytes;
  }

  @Override
  public RequestHandler handler() {
    return handler;
  }

  @Override
  public void onOpen(Effects<CoapFrame> out) {
    out.send(Signals.capabilities(ourMaxBytes));
    out.keepalive(settings.observerCheckMillis(), 0);
  }

  // ---- messages

  @Override
  public void onFrame(CoapFrame frame, Effects<CoapFrame> out) {
    if (isClosing || !(frame instanceof CoapMessage message)) {
      return;
    }
    if (isPinged) {
      isPinged = false;
      out.keepalive(settings.observerCheckMillis(), 0);
    }
    if (message.code().isSignal()) {
      signal(message, out);
    } else if (!hasCapabilities && !message.isEmpty()) {
      abort("the first message must be a CSM (RFC 8323 §5.3)", -1, out);
    } else if (message.code().isRequest() && !isReleasing) {
      request(message, out);
    }
    settle(out);
  }

  private void request(CoapMessage message, Effects<CoapFrame> out) {
    RequestOptions options = RequestOptions.of(message.options());
    Exchange exchange = new Exchange(requests, message, out.clockMillis());
    open.add(exchange);
    current = exchange;
    if (options.badNumber() >= 0) {
      requests.refuse(exchange, options.badNumber(), out);
    } else {
      requests.onRequest(exchange, message, options, out);
    }
    current = null;
  }

  private void signal(CoapMessage signal, Effects<CoapFrame> out) {
    CoapOption unknown = Signals.unknownCritical(signal);
    if (unknown != null && !signal.code().equals(CoapCode.ABORT)) {
      boolean isCsm = signal.code().equals(CoapCode.CSM);
      abort("unknown option in " + signal.code(), isCsm ? unknown.number() : -1, out);
    } else if (signal.code().equals(CoapCode.CSM)) {
      hasCapabilities = true;
      out.stay(); // who it is, a request says
      theirMaxBytes = Signals.maxMessageBytes(signal, theirMaxBytes);
      takesBlocks |= Signals.takesBlocks(signal);
    } else if (!hasCapabilities && !signal.code().equals(CoapCode.ABORT)) {
      abort("the first message must be a CSM (RFC 8323 §5.3)", -1, out);
    } else if (signal.code().equals(CoapCode.PING)) {
      ping(signal, out);
    } else if (signal.code().equals(CoapCode.RELEASE)) {
      isReleasing = true;
    } else if (signal.code().equals(CoapCode.ABORT)) {
      close("client_abort", out);
    } // a Pong says that the peer is there, which any message does; others are passed over
  }

  private void ping(CoapMessage ping, Effects<CoapFrame> out) {
    boolean wantsCustody = Signals.asksForCustody(ping);
    if (wantsCustody && !open.isEmpty() && pings.size() < MAX_PINGS) {
      pings.add(new Ping(ping.token(), new HashSet<>(open)));
    } else {
      say(Signals.pong(ping.token(), wantsCustody && open.isEmpty()), out);
    }
  }

  private void abort(String why, int badCsmOption, Effects<CoapFrame> out) {
    out.send(Signals.abort(why, badCsmOption));
    close("protocol_error", out);
  }

  private void close(String reason, Effects<CoapFrame> out) {
    isClosing = true;
    out.close(reason);
  }

  // ---- answers

  @Override
  public void answer(
      Exchange to, CoapCode code, List<CoapOption> options, Body payload, Effects<CoapFrame> out) {
    sendLast(to.token(), code, options, payload, out);
    answered(to, out);
  }

  @Override
  public void acknowledge(Exchange to, Effects<CoapFrame> out) {
    answered(to, out); // the connection has said so
  }

  private void answered(Exchange exchange, Effects<CoapFrame> out) {
    open.remove(exchange);
    Iterator<Ping> each = pings.iterator();
    while (each.hasNext()) {
      Ping ping = each.next();
      ping.before.remove(exchange);
      if (ping.before.isEmpty()) {
        each.remove();
        say(Signals.pong(ping.token, true), out);
      }
    }
  }

  @Override
  public void sendLast(
      CoapToken token,
      CoapCode code,
      List<CoapOption> options,
      Body payload,
      Effects<CoapFrame> out) {
    say(new CoapMessage(CoapType.CON, 0, code, token, options, payload), out);
  }

  /** Sends, or keeps it until the peer reads. */
  private void say(CoapMessage message, Effects<CoapFrame> out) {
    if (unsent.isEmpty() && out.isWritable()) {
      out.send(message);
    } else if (unsent.size() < settings.maxPendingRequests()) {
      unsent.add(message);
    } else if (!isClosing) {
      unsent.clear();
      close("slow_reader", out);
    }
  }

  @Override
  public void offer(Relation relation, Effects<CoapFrame> out) {
    if (!relation.isInRow) {
      relation.isInRow = true;
      row.add(relation);
    }
  }

  @Override
  public void drop(Relation relation) {
    // it is passed over in the row
  }

  @Override
  public int roomForWhole(List<CoapOption> options) {
    return Math.max(
        BlockOption.sizeOf(0),
        theirMaxBytes
            - HEAD_BYTES
            - BLOCK_OPTION_BYTES
            - MessageParts.lengthOf(options, Body.EMPTY));
  }

  @Override
  public int roomForBlock(@Nullable Exchange to, List<CoapOption> options) {
    return Math.min(MAX_BERT_BYTES, roomForWhole(options));
  }

  /** Both must take blocks, and messages longer than one of them (RFC 8323 §6). */
  @Override
  public boolean takesBert() {
    return takesBlocks && theirMaxBytes > DEFAULT_MAX_BYTES;
  }

  @Override
  public boolean admits(Exchange to, List<CoapOption> options, Body payload) {
    return true; // the handshake of TCP has shown that the address is the peer's own
  }

  @Override
  public int unsent() {
    return 0; // a peer that does not read them is left
  }

  @Override
  public CoapOption challenge(Effects<CoapFrame> out) {
    throw new IllegalStateException("every answer is admitted");
  }

  // ---- notifications

  /** Sends what has waited, then the newest states, while the connection takes them. */
  private void sendWaiting(Effects<CoapFrame> out) {
    while (!unsent.isEmpty() && out.isWritable()) {
      out.send(unsent.remove());
    }
    while (!row.isEmpty() && out.isWritable() && !isClosing) {
      Relation relation = row.remove();
      relation.isInRow = false;
      Relation.Waiting next = relation.isActive() ? relation.take() : null;
      if (next != null) {
        Notification it = requests.notification(relation, next.state(), out);
        sendLast(relation.token(), it.code(), it.options(), it.payload(), out);
        relation.notified(next.tag(), Notified.ACKED, out);
      }
    }
  }

  @Override
  public void onWritable(Effects<CoapFrame> out) {
    settle(out);
  }

  // ---- time

  @Override
  public void settle(Effects<CoapFrame> out) {
    sendWaiting(out);
    if (isReleasing && open.isEmpty() && unsent.isEmpty() && !isClosing) {
      close("client_request", out);
    }
    out.wakeAt(Math.min(requests.nextExpiryMillis(), nextHandlerMillis(out)));
  }

  @Override
  public void onWake(Effects<CoapFrame> out) {
    requests.expire(out.clockMillis());
    if (handler.nextDeadlineMillis() <= out.nowMillis()) {
      handler.onDeadline(out);
    }
    settle(out);
  }

  /** A silent peer is asked whether it is there, and left if it does not say so. */
  @Override
  public void onReadTimeout(Effects<CoapFrame> out) {
    if (isPinged) {
      close("keepalive_timeout", out);
    } else {
      isPinged = true;
      out.send(Signals.ping());
      out.keepalive(PONG_MILLIS, 0);
    }
  }

  // ---- the end

  @Override
  public void onProtocolError(ProtocolException error, Effects<CoapFrame> out) {
    abort(String.valueOf(error.getMessage()), -1, out);
  }

  @Override
  public void onInternalError(Effects<CoapFrame> out) {
    Exchange failed = current;
    if (failed != null) {
      requests.answer(failed, CoapAnswer.of(CoapCode.INTERNAL_SERVER_ERROR), out);
    }
    out.send(Signals.abort("internal error", -1));
  }

  @Override
  public void onEvicted(String reason, Effects<CoapFrame> out) {
    out.send(Signals.abort(reason, -1));
    close("evicted", out);
  }

  @Override
  public void onShutdown(Effects<CoapFrame> out) {
    out.send(Signals.release());
    close("shutdown", out);
  }

  @Override
  public void onClosed(Effects<CoapFrame> out) {
    requests.endAll(Ended.CLOSED, out);
    requests.close();
    handler.onClosed(out);
  }
}
