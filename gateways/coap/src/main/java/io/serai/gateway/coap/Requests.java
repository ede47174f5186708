package io.serai.gateway.coap;

import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.gateway.coap.Observer.Ended;
import io.serai.model.Body;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one peer between messages and resources, the same over every transport: checks
 * options, puts bodies together and cuts them, and hands whole requests on. Confined to the
 * connection's event loop.
 */
final class Requests {
  private static final Comparator<CoapOption> BY_NUMBER =
      Comparator.comparingInt(CoapOption::number);

  private static final int LAST_METHOD = CoapCode.IPATCH.value();

  private final RequestHandler handler;
  private final CoapSettings settings;
  private final Carrier carrier;
  private final Relations relations;
  private final BodiesIn bodiesIn;
  private final BodiesOut bodiesOut;

  /** Requests that were handed on and have no answer yet. */
  private int open;

  Requests(RequestHandler handler, CoapSettings settings, CoapShared shared, Carrier carrier) {
    this.handler = handler;
    this.settings = settings;
    this.carrier = carrier;
    this.relations = new Relations(settings.maxObservations());
    this.bodiesIn = new BodiesIn(settings, shared.budget());
    this.bodiesOut = new BodiesOut(settings, shared.keptBudget(), carrier);
  }

  Relations relations() {
    return relations;
  }

  /** How many requests wait for their answer. */
  int open() {
    return open;
  }

  // ---- requests

  /**
   * Takes a request that has not come before.
   *
   * @param options of the message; none of them is bad
   */
  void onRequest(
      Exchange exchange, CoapMessage message, RequestOptions options, Effects<CoapFrame> out) {
    open++;
    RequestKey key = RequestKey.of(message.code(), options.forResources());
    exchange.describe(options, key);
    if (options.isForProxy()) {
      refuse(exchange, CoapCode.PROXYING_NOT_SUPPORTED, "this is no proxy", out);
    } else if (message.code().value() > LAST_METHOD) {
      refuse(exchange, CoapCode.METHOD_NOT_ALLOWED, "unknown method " + message.code(), out);
    } else if (open + carrier.unsent() > settings.maxPendingRequests()) {
      tooMany(exchange, out);
    } else if (!carrier.takesBert() && isBert(options.block1(), options.block2())) {
      refuse(exchange, CoapCode.BAD_REQUEST, "block size 7 is reserved over UDP", out);
    } else {
      hand(exchange, message, options, key, out);
    }
  }

  private static boolean isBert(@Nullable BlockOption block1, @Nullable BlockOption block2) {
    return (block1 != null && block1.sizeExponent() == BlockOption.BERT)
        || (block2 != null && block2.sizeExponent() == BlockOption.BERT);
  }

  /** 4.02: an option that has to be understood is not (RFC 7252 §5.4.1). */
  void refuse(Exchange exchange, int badNumber, Effects<CoapFrame> out) {
    open++;
    refuse(exchange, CoapCode.BAD_OPTION, "option " + badNumber, out);
  }

  /** The peer sends more requests than it may. */
  void refuseTooFast(Exchange exchange, Effects<CoapFrame> out) {
    open++;
    tooMany(exchange, out);
  }

  /** Whether asking for it again does no harm. */
  boolean isRepeatable(RequestKey asked) {
    return handler.isRepeatable(asked.method(), CoapRequest.path(asked.options()));
  }

  /** 4.29 (RFC 8516): the client may try again in a second. */
  private void tooMany(Exchange exchange, Effects<CoapFrame> out) {
    answer(
        exchange,
        new CoapAnswer(
            CoapCode.TOO_MANY_REQUESTS,
            List.of(CoapOption.of(CoapOption.MAX_AGE, 1)),
            Body.ofUtf8("too many requests at once")),
        out);
  }

  private void hand(
      Exchange exchange,
      CoapMessage message,
      RequestOptions options,
      RequestKey key,
      Effects<CoapFrame> out) {
    BlockOption wanted = options.block2();
    boolean isRest = wanted != null && wanted.number() > 0;
    if (isRest && bodiesOut.answerRest(this, exchange, key, out)) {
      return;
    }
    Body body = message.payload();
    if (options.block1() != null) {
      BodiesIn.Taken taken = bodiesIn.take(exchange, options, key, body, out.clockMillis());
      if (taken.answer() != null) {
        answer(exchange, taken.answer(), out);
        return;
      }
      body = taken.body();
    }
    if (message.code().equals(CoapCode.GET) || message.code().equals(CoapCode.DELETE)) {
      body = Body.EMPTY; // means nothing (RFC 7252 §5.8), so it is not kept as long as they wait
    }
    if (!isRest) {
      endRelation(exchange, options, out);
    }
    handler.onRequest(
        new CoapRequest(
            message.code(),
            options.forResources(),
            body,
            exchange.isConfirmable(),
            options.observe() == 0 && exchange.isObservable() && !isRest,
            message.token()),
        exchange,
        out);
  }

  /** A token names one thing at a time (RFC 7641 §3.1, §3.6, §4.1). */
  private void endRelation(Exchange exchange, RequestOptions options, Effects<CoapFrame> out) {
    Relation known = relations.of(exchange.token());
    if (known != null) {
      end(known, options.observe() == 1 ? Ended.DEREGISTERED : Ended.REPLACED, out);
    }
  }

  private void refuse(Exchange exchange, CoapCode code, String why, Effects<CoapFrame> out) {
    answer(exchange, CoapAnswer.error(code, why), out);
  }

  // ---- answers

  void answer(Exchange exchange, CoapAnswer answer, Effects<CoapFrame> out) {
    if (exchange.isOpen()) {
      finish(exchange, answer, null, out);
    }
  }

  Observation observe(
      Exchange exchange, CoapAnswer first, Observer observer, Effects<CoapFrame> out) {
    RequestOptions options = exchange.options();
    RequestKey key = exchange.key();
    Relation relation =
        new Relation(
            this,
            exchange.token(),
            key == null ? RequestKey.of(exchange.method(), List.of()) : key,
            options == null ? null : options.block2(),
            observer,
            out.clockMillis());
    boolean isAsked = options != null && options.observe() == 0 && exchange.isObservable();
    if (!isAsked || !first.code().isSuccess() || relations.isFull()) {
      relation.deactivate();
      answer(exchange, first, out);
    } else if (finish(exchange, first, CoapOption.of(CoapOption.OBSERVE, sequence(out)), out)) {
      relations.add(relation);
    } else {
      relation.deactivate();
    }
    return relation;
  }

  long sequence(Effects<CoapFrame> out) {
    return relations.nextSequence(out.nowMillis());
  }

  /**
   * Sends an answer, in blocks if need be.
   *
   * @return false when the peer has to show first that its address is its own
   */
  private boolean finish(
      Exchange exchange, CoapAnswer given, @Nullable CoapOption observe, Effects<CoapFrame> out) {
    CoapAnswer answer =
        BodiesOut.isBeyondEnd(exchange, given)
            ? CoapAnswer.error(CoapCode.BAD_REQUEST, "the body ends before this block")
            : given;
    RequestOptions asked = exchange.options();
    if (asked != null && isUnwanted(answer.code(), asked.noResponse())) {
      close(exchange);
      carrier.acknowledge(exchange, out);
      return true;
    }
    List<CoapOption> options = new ArrayList<>(answer.options().size() + 4);
    options.addAll(answer.options());
    if (observe != null) {
      options.add(observe);
    }
    BlockOption block1 = asked == null ? null : asked.block1();
    if (block1 != null && CoapRequest.first(options, CoapOption.BLOCK1) == null) {
      options.add(block1.as(CoapOption.BLOCK1)); // the last one (RFC 7959 §2.3)
    }
    CoapCode code = answer.code();
    Body payload = bodiesOut.cut(exchange, answer, options);
    options.sort(BY_NUMBER);
    boolean isAdmitted = carrier.admits(exchange, options, payload) || !exchange.isRepeatable();
    if (!isAdmitted) {
      code = CoapCode.UNAUTHORIZED;
      options = List.of(carrier.challenge(out));
      payload = Body.EMPTY;
    }
    close(exchange);
    carrier.answer(exchange, code, options, payload, out);
    return isAdmitted;
  }

  /** Bit 1 is for class 2, bit 3 for class 4, bit 4 for class 5 (RFC 7967 §2.1). */
  private static boolean isUnwanted(CoapCode code, int noResponse) {
    return (noResponse >> (code.codeClass() - 1) & 1) != 0;
  }

  private void close(Exchange exchange) {
    exchange.done();
    open--;
  }

  /** What is sent to an observer: complete but for message type and id. */
  record Notification(CoapCode code, List<CoapOption> options, Body payload) {}

  /** What a state becomes on its way to an observer. */
  Notification notification(Relation relation, CoapAnswer state, Effects<CoapFrame> out) {
    List<CoapOption> options = new ArrayList<>(state.options().size() + 4);
    options.addAll(state.options());
    options.add(CoapOption.of(CoapOption.OBSERVE, sequence(out)));
    Body payload = bodiesOut.cut(relation, state, options);
    options.sort(BY_NUMBER);
    return new Notification(state.code(), options, payload);
  }

  // ---- relations

  void offer(Relation relation, Effects<CoapFrame> out) {
    carrier.offer(relation, out);
  }

  void endWith(Relation relation, CoapAnswer last, Effects<CoapFrame> out) {
    remove(relation);
    List<CoapOption> options = new ArrayList<>(last.options());
    Body payload = bodiesOut.cut(relation, last, options);
    options.sort(BY_NUMBER);
    carrier.sendLast(relation.token(), last.code(), options, payload, out);
  }

  /** Ends a relation without telling its observer. */
  void remove(Relation relation) {
    relation.deactivate();
    relations.remove(relation);
    carrier.drop(relation);
  }

  /** Ends a relation and tells its observer. */
  void end(Relation relation, Ended why, Effects<CoapFrame> out) {
    if (relation.isActive()) {
      remove(relation);
      relation.ended(why, out);
    }
  }

  /** Ends all of them. */
  void endAll(Ended why, Effects<CoapFrame> out) {
    for (Relation relation : relations.all()) {
      end(relation, why, out);
    }
  }

  // ---- time

  /** Gives up bodies whose next block does not come. */
  void expire(long clockMillis) {
    bodiesIn.expire(clockMillis);
  }

  /** When {@link #expire} has something to do. */
  long nextExpiryMillis() {
    return bodiesIn.nextExpiryMillis();
  }

  /** Gives back all memory; nothing follows. */
  void close() {
    bodiesIn.close();
    bodiesOut.close();
  }
}
