package io.serai.gateway.coap;

import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.TokenBucket;
import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.gateway.coap.CoapFrame.Ignored;
import io.serai.gateway.coap.CoapFrame.Malformed;
import io.serai.gateway.coap.Observer.Ended;
import io.serai.model.Body;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One peer over UDP or DTLS (RFC 7252 §4): finds repeated requests, answers with the
 * acknowledgement or separately, repeats what is not acknowledged, and forgets a peer that is
 * silent. Confined to the connection's event loop.
 */
final class DatagramSession implements PeerSession, Carrier {
  /**
   * How long an answer may take to go with the acknowledgement: well below the time after which a
   * client repeats its request (2 s).
   */
  private static final long PIGGYBACK_MILLIS = 500;

  private final ConnectionInfo info;
  private final CoapSettings settings;
  private final EchoValues echoValues;
  private final RequestHandler handler;
  private final Requests requests;
  private final Recent recent;
  private final Transmissions transmissions;
  private final MessageIds messageIds;
  private final AddressCheck address;
  private final Notifier notifier;

  /** Of requests; null for any number. */
  private final @Nullable TokenBucket rate;

  /** CONs that were neither answered nor acknowledged, in the order they came. */
  private @Nullable Queue<Exchange> unacknowledged;

  private @Nullable Exchange current;

  /** An observer was asked for a sign that its address is its own. */
  private boolean isAsked;

  private long heardMillis;

  /** When to look whether the peer is still of interest. */
  private long idleCheckMillis;

  /**
   * @param shared what all peers of the node have together
   */
  DatagramSession(
      ConnectionInfo info,
      CoapSettings settings,
      CoapShared shared,
      RequestHandler handler,
      RandomGenerator random) {
    this.info = info;
    this.settings = settings;
    this.echoValues = shared.echoValues();
    this.handler = handler;
    this.requests = new Requests(handler, settings, shared, this);
    this.recent = new Recent(settings, shared.recent());
    boolean isProven = info.remoteIsLoopback() || !info.transport().equals("udp");
    this.address = new AddressCheck(settings.amplificationFactor(), isProven);
    this.transmissions = new Transmissions(settings, random, address);
    this.messageIds = new MessageIds(random.nextInt(), settings.exchangeLifetimeMillis());
    this.notifier = new Notifier(settings, requests, transmissions, messageIds, address);
    int perSecond = settings.maxRequestsPerSecond();
    this.rate = perSecond > 0 ? new TokenBucket(perSecond, 0) : null;
  }

  // ---- messages

  @Override
  public void onOpen(Effects<CoapFrame> out) {
    heardMillis = out.clockMillis();
    idleCheckMillis = heardMillis + settings.exchangeLifetimeMillis();
    settle(out);
  }

  @Override
  public void onFrame(CoapFrame frame, Effects<CoapFrame> out) {
    heardMillis = out.clockMillis();
    switch (frame) {
      case Ignored _ -> {}
      case Malformed(CoapType type, int messageId, _) -> {
        if (type == CoapType.CON) {
          reset(messageId, out);
        }
      }
      case CoapMessage message -> onMessage(message, out);
    }
    settle(out);
  }

  private void onMessage(CoapMessage message, Effects<CoapFrame> out) {
    address.received(message);
    switch (message.type()) {
      case ACK -> acknowledged(message.messageId(), out);
      case RST -> wasReset(message.messageId(), out);
      case CON, NON -> {
        if (message.code().isRequest()) {
          request(message, out);
        } else if (message.type() == CoapType.CON) {
          reset(message.messageId(), out); // a ping, or an answer that nobody waits for
        }
      }
    }
  }

  private void request(CoapMessage message, Effects<CoapFrame> out) {
    long now = out.clockMillis();
    Exchange earlier = recent.find(message.messageId(), now);
    if (earlier != null) {
      repeated(earlier, out);
      return;
    }
    RequestOptions options = RequestOptions.of(message.options());
    boolean isBad = options.badNumber() >= 0;
    if (isBad && message.type() == CoapType.NON) {
      return; // rejected without a word (RFC 7252 §5.4.1, §4.3)
    }
    CoapOption echo = options.echo();
    if (echo != null
        && !address.isProven()
        && echoValues.isGood(echo, info.remoteAddress(), out.nowMillis())) {
      address.prove();
    }
    out.stay(); // a body in blocks may take its time
    Exchange exchange = new Exchange(requests, message, now);
    recent.add(exchange, now);
    current = exchange;
    if (isBad) {
      requests.refuse(exchange, options.badNumber(), out);
    } else if (rate != null && !rate.tryTake(now)) {
      requests.refuseTooFast(exchange, out);
    } else {
      requests.onRequest(exchange, message, options, out);
    }
    if (exchange.isOpen() && exchange.isConfirmable()) {
      acknowledgeLater(exchange);
    }
    current = null;
  }

  /** The client does not know that its request has come (RFC 7252 §4.5). */
  private void repeated(Exchange earlier, Effects<CoapFrame> out) {
    CoapMessage repeat = earlier.repeat;
    if (!earlier.isConfirmable()) {
      return;
    }
    if (repeat != null) {
      if (address.admits(repeat)) {
        send(repeat, out);
      }
    } else {
      earlier.isAcknowledged = true;
      sendEmpty(CoapType.ACK, earlier.messageId(), out);
    }
  }

  private void acknowledgeLater(Exchange exchange) {
    Queue<Exchange> all = unacknowledged;
    if (all == null) {
      all = new ArrayDeque<>(4);
      unacknowledged = all;
    }
    all.add(exchange);
  }

  private void acknowledged(int messageId, Effects<CoapFrame> out) {
    Transmission one = transmissions.acknowledged(messageId, out.clockMillis());
    if (one != null) {
      address.prove();
      notifier.acknowledged(one, out.clockMillis());
    }
  }

  private void wasReset(int messageId, Effects<CoapFrame> out) {
    Transmission one = transmissions.acknowledged(messageId, out.clockMillis());
    Relation relation = one == null ? requests.relations().notifiedWith(messageId) : one.relation;
    if (one != null) {
      address.prove();
      notifier.acknowledged(one, out.clockMillis());
    }
    if (relation != null) {
      requests.end(relation, Ended.RESET, out);
    }
  }

  private void reset(int messageId, Effects<CoapFrame> out) {
    sendEmpty(CoapType.RST, messageId, out);
  }

  private void sendEmpty(CoapType type, int messageId, Effects<CoapFrame> out) {
    send(empty(type, messageId), out);
  }

  private static CoapMessage empty(CoapType type, int messageId) {
    return new CoapMessage(type, messageId, CoapCode.EMPTY, CoapToken.EMPTY, List.of(), Body.EMPTY);
  }

  private void send(CoapMessage message, Effects<CoapFrame> out) {
    address.sent(message);
    out.send(message);
  }

  // ---- answers

  @Override
  public void answer(
      Exchange to, CoapCode code, List<CoapOption> options, Body payload, Effects<CoapFrame> out) {
    if (!to.isConfirmable()) {
      send(
          new CoapMessage(CoapType.NON, messageIds.next(), code, to.token(), options, payload),
          out);
    } else if (to.isAcknowledged) {
      sendLast(to.token(), code, options, payload, out);
    } else {
      to.isAcknowledged = true;
      to.repeat = new CoapMessage(CoapType.ACK, to.messageId(), code, to.token(), options, payload);
      send(to.repeat, out);
    }
  }

  @Override
  public void acknowledge(Exchange to, Effects<CoapFrame> out) {
    if (to.isConfirmable() && !to.isAcknowledged) {
      to.isAcknowledged = true;
      sendEmpty(CoapType.ACK, to.messageId(), out);
    }
  }

  @Override
  public void sendLast(
      CoapToken token,
      CoapCode code,
      List<CoapOption> options,
      Body payload,
      Effects<CoapFrame> out) {
    transmissions.enqueue(
        new Transmission(
            new CoapMessage(CoapType.CON, messageIds.next(), code, token, options, payload), null));
  }

  @Override
  public void offer(Relation relation, Effects<CoapFrame> out) {
    notifier.offer(relation);
  }

  @Override
  public void drop(Relation relation) {
    transmissions.drop(relation);
  }

  @Override
  public int roomForWhole(List<CoapOption> options) {
    return BlockOption.sizeOf(settings.blockExponent());
  }

  @Override
  public int roomForBlock(@Nullable Exchange to, List<CoapOption> options) {
    int room = BlockOption.sizeOf(settings.blockExponent());
    if (to == null || address.isProven() || to.isRepeatable()) {
      return room;
    }
    // Asking again would do it again, so the answer goes in blocks as small as need be.
    long allowed = allowedBytes(to) - lengthOf(options, Body.EMPTY);
    return (int) Math.clamp(allowed, BlockOption.sizeOf(0), room);
  }

  @Override
  public boolean takesBert() {
    return false;
  }

  @Override
  public boolean admits(Exchange to, List<CoapOption> options, Body payload) {
    return address.isProven() || lengthOf(options, payload) <= allowedBytes(to);
  }

  /** How long an answer may be; one that goes by itself may have to be sent several times. */
  private long allowedBytes(Exchange to) {
    boolean isSeparate = to.isConfirmable() && to.isAcknowledged;
    return address.allowedBytes() / (isSeparate ? 1 + settings.maxRetransmit() : 1);
  }

  @Override
  public int unsent() {
    return transmissions.waiting();
  }

  private static int lengthOf(List<CoapOption> options, Body payload) {
    return DatagramCodec.HEADER_BYTES
        + CoapToken.MAX_LENGTH
        + MessageParts.lengthOf(options, payload);
  }

  @Override
  public CoapOption challenge(Effects<CoapFrame> out) {
    return echoValues.issue(info.remoteAddress(), out.nowMillis());
  }

  // ---- time

  @Override
  public void onWake(Effects<CoapFrame> out) {
    long now = out.clockMillis();
    for (Transmission due = transmissions.due(now); due != null; due = transmissions.due(now)) {
      repeat(due, out);
    }
    acknowledgeDue(now, out);
    requests.expire(now);
    if (handler.nextDeadlineMillis() <= out.nowMillis()) {
      handler.onDeadline(out);
    }
    settle(out);
    if (now >= idleCheckMillis) {
      checkIdle(now, out);
    }
  }

  private void repeat(Transmission due, Effects<CoapFrame> out) {
    Relation relation = due.relation;
    if (!transmissions.isGivenUp(due)) {
      CoapMessage again = relation == null ? due.message : notifier.newest(due, relation, out);
      transmissions.repeat(due, again, out);
      return;
    }
    transmissions.settle(due.message.messageId());
    if (relation != null || due.message.isEmpty()) {
      // Nobody is there: nothing else is sent in vain.
      transmissions.clear();
      isAsked = false;
      requests.endAll(Ended.TIMED_OUT, out);
      idleCheckMillis =
          Math.min(idleCheckMillis, out.clockMillis() + settings.exchangeLifetimeMillis());
    }
  }

  private void acknowledgeDue(long clockMillis, Effects<CoapFrame> out) {
    Queue<Exchange> all = unacknowledged;
    while (all != null && !all.isEmpty()) {
      Exchange oldest = all.element();
      if (!oldest.isAcknowledged && clockMillis < oldest.cameMillis + PIGGYBACK_MILLIS) {
        return;
      }
      all.remove();
      acknowledge(oldest, out);
    }
  }

  /** A peer that was silent is forgotten; one that observes is asked whether it is there. */
  private void checkIdle(long clockMillis, Effects<CoapFrame> out) {
    boolean isObserver = !requests.relations().isEmpty();
    long limit = isObserver ? settings.observerCheckMillis() : settings.exchangeLifetimeMillis();
    if (clockMillis < heardMillis + limit) {
      idleCheckMillis = heardMillis + limit;
    } else if (isObserver) {
      idleCheckMillis = clockMillis + limit;
      if (transmissions.isEmpty()) {
        ping();
      }
    } else if (requests.open() > 0 || handler.isHolding() || !transmissions.isEmpty()) {
      idleCheckMillis = clockMillis + limit;
    } else {
      out.close("idle");
      return;
    }
    settle(out);
  }

  /** Asks whether somebody is there: the answer is a reset (RFC 7252 §4.3). */
  private void ping() {
    transmissions.enqueue(new Transmission(empty(CoapType.CON, messageIds.next()), null));
  }

  @Override
  public void settle(Effects<CoapFrame> out) {
    if (!address.isProven() && !isAsked && !requests.relations().isEmpty()) {
      isAsked = true; // an observer must not be flooded in whose name somebody else registered
      ping();
    }
    transmissions.pump(out);
    notifier.pump(out);
    transmissions.pump(out);
    long next = Math.min(idleCheckMillis, transmissions.nextMillis());
    next = Math.min(next, requests.nextExpiryMillis());
    next = Math.min(next, notifier.nextMillis(out.clockMillis()));
    Queue<Exchange> all = unacknowledged;
    if (all != null && !all.isEmpty()) {
      next = Math.min(next, all.element().cameMillis + PIGGYBACK_MILLIS);
    }
    out.wakeAt(Math.min(next, nextHandlerMillis(out)));
  }

  @Override
  public RequestHandler handler() {
    return handler;
  }

  @Override
  public boolean isAnchored() {
    return address.isProven()
        && (!requests.relations().isEmpty() || requests.open() > 0 || handler.isHolding());
  }

  // ---- the end

  @Override
  public void onReadTimeout(Effects<CoapFrame> out) {
    // never set: silence is watched by the clock
  }

  @Override
  public void onProtocolError(ProtocolException error, Effects<CoapFrame> out) {
    onInternalError(out); // the codec throws none, so this one comes from within
  }

  @Override
  public void onInternalError(Effects<CoapFrame> out) {
    Exchange failed = current;
    if (failed != null) {
      requests.answer(failed, CoapAnswer.of(CoapCode.INTERNAL_SERVER_ERROR), out);
      transmissions.pump(out);
    }
  }

  @Override
  public void onShutdown(Effects<CoapFrame> out) {
    out.close("shutdown");
  }

  @Override
  public void onClosed(Effects<CoapFrame> out) {
    requests.endAll(Ended.CLOSED, out);
    requests.close();
    recent.close();
    handler.onClosed(out);
  }
}
