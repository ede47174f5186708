package io.serai.gateway.coap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Body;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the bodies of one peer's requests together that come in blocks (RFC 7959 §2.5, Block1).
 * Blocks come in order; what leaves a gap is answered 4.08. Confined to the connection's event
 * loop.
 */
final class BodiesIn {
  /** Bodies underway of one peer; the one that waits longest for its next block goes. */
  private static final int MAX_UNDERWAY = 8;

  private final CoapSettings settings;
  private final ReassemblyBudget budget;

  /** Bounded by {@link #MAX_UNDERWAY} and the budget; made when first needed. */
  private @Nullable Map<RequestKey, Partial> underway;

  /** What became of a block: a whole body, or else an answer to the block. */
  record Taken(Body body, @Nullable CoapAnswer answer) {
    static Taken answered(CoapAnswer answer) {
      return new Taken(Body.EMPTY, answer);
    }
  }

  /** A body with its first part only. */
  private static final class Partial {
    final Body.Builder body = new Body.Builder();
    long lastMillis;
    int lastBytes;

    /** What its description takes. */
    final int keyBytes;

    Partial(int keyBytes) {
      this.keyBytes = keyBytes;
    }

    int bytes() {
      return keyBytes + body.length();
    }
  }

  BodiesIn(CoapSettings settings, ReassemblyBudget budget) {
    this.settings = settings;
    this.budget = budget;
  }

  /** Takes the payload of a request with Block1. */
  Taken take(
      Exchange exchange, RequestOptions options, RequestKey key, Body payload, long clockMillis) {
    BlockOption block = options.block1();
    if (block == null) {
      return new Taken(payload, null);
    }
    long end = block.offset() + payload.length();
    if (end > settings.maxBodyBytes() || options.size1() > settings.maxBodyBytes()) {
      forget(key.tagged(options.requestTag()));
      return Taken.answered(tooLarge());
    }
    boolean isBert = block.sizeExponent() == BlockOption.BERT;
    boolean isRightSize =
        isBert
            ? payload.length() % block.size() == 0 && payload.length() > 0
            : payload.length() == block.size();
    if (block.isMore() && !isRightSize) {
      return Taken.answered(
          CoapAnswer.error(CoapCode.BAD_REQUEST, "a block of another size than Block1 says"));
    }
    if (block.number() == 0 && !block.isMore()) {
      forget(key.tagged(options.requestTag()));
      return new Taken(payload, null);
    }
    return append(key.tagged(options.requestTag()), block, payload, clockMillis, exchange);
  }

  private Taken append(
      RequestKey key, BlockOption block, Body payload, long clockMillis, Exchange exchange) {
    if (block.number() == 0) {
      forget(key);
      if (!start(key)) {
        return Taken.answered(noRoom());
      }
    }
    Partial partial = underway == null ? null : underway.get(key);
    if (partial == null) {
      return Taken.answered(gap("the first block is not known here; begin anew"));
    }
    if (block.offset() + partial.lastBytes == partial.body.length()
        && partial.lastBytes == payload.length()
        && block.isMore()
        && block.number() > 0) {
      return Taken.answered(next(block)); // the last one, again: its answer was lost
    }
    if (block.offset() != partial.body.length()) {
      return Taken.answered(gap("expected is the block at byte " + partial.body.length()));
    }
    if (!budget.take(payload.length())) {
      forget(key);
      return Taken.answered(noRoom());
    }
    partial.lastMillis = clockMillis;
    partial.lastBytes = payload.length();
    ByteBuf bytes = Unpooled.buffer(payload.length());
    payload.writeTo(bytes);
    partial.body.append(bytes, 0, payload.length());
    if (block.isMore()) {
      return Taken.answered(next(block));
    }
    release(key, partial);
    return new Taken(partial.body.build(), null);
  }

  /** Asks for the next block, of a size that we like (RFC 7959 §2.3). */
  private CoapAnswer next(BlockOption block) {
    boolean isTooLarge =
        block.sizeExponent() != BlockOption.BERT && block.sizeExponent() > settings.blockExponent();
    BlockOption echoed =
        isTooLarge && block.number() == 0
            ? new BlockOption(0, true, settings.blockExponent())
            : block;
    return new CoapAnswer(CoapCode.CONTINUE, List.of(echoed.as(CoapOption.BLOCK1)), Body.EMPTY);
  }

  private CoapAnswer tooLarge() {
    return new CoapAnswer(
        CoapCode.REQUEST_ENTITY_TOO_LARGE,
        List.of(CoapOption.of(CoapOption.SIZE1, settings.maxBodyBytes())),
        Body.ofUtf8("the largest body is " + settings.maxBodyBytes() + " bytes"));
  }

  private static CoapAnswer gap(String what) {
    return CoapAnswer.error(CoapCode.REQUEST_ENTITY_INCOMPLETE, what);
  }

  private static CoapAnswer noRoom() {
    return new CoapAnswer(
        CoapCode.SERVICE_UNAVAILABLE,
        List.of(CoapOption.of(CoapOption.MAX_AGE, 5)),
        Body.ofUtf8("too many bodies are underway"));
  }

  /** Makes room for a body; false when there is none. */
  private boolean start(RequestKey key) {
    Partial partial = new Partial(key.bytes());
    if (!budget.take(partial.keyBytes)) {
      return false;
    }
    Map<RequestKey, Partial> all = underway;
    if (all == null) {
      all = new LinkedHashMap<>();
      underway = all;
    }
    if (all.size() == MAX_UNDERWAY) {
      Map.Entry<RequestKey, Partial> oldest = all.entrySet().iterator().next();
      release(oldest.getKey(), oldest.getValue());
    }
    all.put(key, partial);
    return true;
  }

  private void forget(RequestKey key) {
    Partial known = underway == null ? null : underway.get(key);
    if (known != null) {
      release(key, known);
    }
  }

  private void release(RequestKey key, Partial partial) {
    budget.giveBack(partial.bytes());
    Map<RequestKey, Partial> all = underway;
    if (all != null) {
      all.remove(key);
      if (all.isEmpty()) {
        underway = null;
      }
    }
  }

  /** When the next one is given up; {@link Long#MAX_VALUE} for never. */
  long nextExpiryMillis() {
    long next = Long.MAX_VALUE;
    Map<RequestKey, Partial> all = underway;
    if (all != null) {
      for (Partial partial : all.values()) {
        next = Math.min(next, partial.lastMillis + settings.exchangeLifetimeMillis());
      }
    }
    return next;
  }

  /** Gives up what has waited too long for its next block (RFC 7959 §2.5). */
  void expire(long clockMillis) {
    Map<RequestKey, Partial> all = underway;
    if (all == null || nextExpiryMillis() > clockMillis) {
      return;
    }
    Iterator<Partial> each = all.values().iterator();
    while (each.hasNext()) {
      Partial partial = each.next();
      if (partial.lastMillis + settings.exchangeLifetimeMillis() <= clockMillis) {
        budget.giveBack(partial.bytes());
        each.remove();
      }
    }
    if (all.isEmpty()) {
      underway = null;
    }
  }

  void close() {
    Map<RequestKey, Partial> all = underway;
    if (all != null) {
      all.values().forEach(partial -> budget.giveBack(partial.bytes()));
      underway = null;
    }
  }
}
