package io.serai.gateway.coap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.gateway.Effects;
import io.serai.model.Body;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bodies of answers and notifications into blocks (RFC 7959 §2.4, Block2), and keeps those
 * whose rest a peer may ask for: all blocks are of the body whose first one was sent, whatever has
 * become of the resource. Confined to the connection's event loop.
 */
final class BodiesOut {
  /**
   * Bodies kept for one peer; the oldest goes. They are those of messages, not copies, but may
   * outlive these; where the budget has no room for one, its rest is of what the resource has then.
   */
  private static final int MAX_KEPT = 4;

  private record Kept(RequestKey key, CoapAnswer answer) {
    int bytes() {
      return key.bytes() + answer.payload().length();
    }
  }

  private final CoapSettings settings;
  private final ReassemblyBudget budget;
  private final Carrier carrier;

  /** Made when first needed. */
  private @Nullable Deque<Kept> kept;

  BodiesOut(CoapSettings settings, ReassemblyBudget budget, Carrier carrier) {
    this.settings = settings;
    this.budget = budget;
    this.carrier = carrier;
  }

  /**
   * Answers a request for a later block of a body that is kept.
   *
   * @return false when it is not kept and the resource may be asked again
   */
  boolean answerRest(Requests requests, Exchange exchange, RequestKey key, Effects<CoapFrame> out) {
    CoapAnswer answer = keptFor(key);
    if (answer != null) {
      requests.answer(exchange, answer, out);
      return true;
    }
    if (exchange.isRepeatable()) {
      return false;
    }
    requests.answer(
        exchange,
        CoapAnswer.error(
            CoapCode.REQUEST_ENTITY_INCOMPLETE, "the answer is not kept any more; begin anew"),
        out);
    return true;
  }

  private @Nullable CoapAnswer keptFor(RequestKey key) {
    Deque<Kept> all = kept;
    if (all != null) {
      for (Kept one : all) {
        if (one.key.equals(key)) {
          return one.answer;
        }
      }
    }
    return null;
  }

  private void keep(RequestKey key, CoapAnswer answer) {
    Deque<Kept> all = kept;
    if (all == null) {
      all = new ArrayDeque<>(MAX_KEPT);
      kept = all;
    }
    all.removeIf(one -> {
      boolean isSame = one.key.equals(key);
      if (isSame) {
        budget.giveBack(one.bytes());
      }
      return isSame;
    });
    Kept next = new Kept(key, answer);
    boolean hasRoom = all.size() < MAX_KEPT && budget.take(next.bytes());
    while (!hasRoom && !all.isEmpty()) {
      budget.giveBack(all.removeFirst().bytes());
      hasRoom = budget.take(next.bytes());
    }
    if (hasRoom) {
      all.addLast(next);
    }
  }

  /** The peer is gone. */
  void close() {
    Deque<Kept> all = kept;
    if (all != null) {
      all.forEach(one -> budget.giveBack(one.bytes()));
      kept = null;
    }
  }

  /** Whether the block that is asked for begins where the body has ended. */
  static boolean isBeyondEnd(Exchange exchange, CoapAnswer answer) {
    RequestOptions asked = exchange.options();
    BlockOption wanted = asked == null ? null : asked.block2();
    return answer.code().isSuccess()
        && wanted != null
        && wanted.number() > 0
        && wanted.offset() >= answer.payload().length();
  }

  /** The payload of an answer's message; adds Block2, ETag and Size2 to {@code options}. */
  Body cut(Exchange exchange, CoapAnswer answer, List<CoapOption> options) {
    RequestOptions asked = exchange.options();
    return cut(
        exchange,
        exchange.key(),
        asked == null || !answer.code().isSuccess() ? null : asked.block2(),
        asked != null && asked.asksForSize(),
        answer,
        options);
  }

  /** The payload of a notification's message; adds Block2, ETag and Size2 to {@code options}. */
  Body cut(Relation relation, CoapAnswer state, List<CoapOption> options) {
    BlockOption wanted = relation.wantedBlock();
    BlockOption first = wanted == null ? null : new BlockOption(0, false, wanted.sizeExponent());
    return cut(null, relation.key(), first, false, state, options);
  }

  private Body cut(
      @Nullable Exchange exchange,
      @Nullable RequestKey key,
      @Nullable BlockOption wanted,
      boolean asksForSize,
      CoapAnswer answer,
      List<CoapOption> options) {
    Body body = answer.payload();
    if (asksForSize) {
      options.add(CoapOption.of(CoapOption.SIZE2, body.length()));
    }
    if (wanted == null && body.length() <= carrier.roomForWhole(options)) {
      int room = carrier.roomForBlock(exchange, options);
      if (body.length() <= room || (exchange != null && exchange.isRepeatable())) {
        return body;
      }
    }
    int exponent = exponent(exchange, wanted, options);
    long offset = wanted == null ? 0 : wanted.offset();
    int length = (int) Math.min(blockBytes(exchange, exponent, options), body.length() - offset);
    boolean isMore = offset + length < body.length();
    BlockOption block = BlockOption.at((int) offset, isMore, exponent);
    options.add(block.as(CoapOption.BLOCK2));
    if (!isMore && offset == 0) {
      return body;
    }
    if (CoapRequest.first(options, CoapOption.ETAG) == null) {
      options.add(EntityTag.of(body, 0));
    }
    if (offset == 0) {
      if (!asksForSize) {
        options.add(CoapOption.of(CoapOption.SIZE2, body.length()));
      }
      if (key != null) {
        keep(key, tagged(answer, options));
      }
    }
    return part(body, (int) offset, length);
  }

  /** The same answer with the ETag that its first block has, for all of them. */
  private static CoapAnswer tagged(CoapAnswer answer, List<CoapOption> options) {
    CoapOption tag = CoapRequest.first(options, CoapOption.ETAG);
    if (tag == null || CoapRequest.first(answer.options(), CoapOption.ETAG) != null) {
      return answer;
    }
    List<CoapOption> with = new ArrayList<>(answer.options());
    with.add(tag);
    return new CoapAnswer(answer.code(), with, answer.payload());
  }

  private int exponent(
      @Nullable Exchange exchange, @Nullable BlockOption wanted, List<CoapOption> options) {
    int room = carrier.roomForBlock(exchange, options);
    int ours = Math.min(BlockOption.exponentFor(room), settings.blockExponent());
    if (carrier.takesBert() && (wanted == null || wanted.sizeExponent() == BlockOption.BERT)) {
      return room >= 2 * BlockOption.sizeOf(BlockOption.BERT) ? BlockOption.BERT : ours;
    }
    return wanted == null ? ours : Math.min(ours, wanted.sizeExponent());
  }

  private int blockBytes(@Nullable Exchange exchange, int exponent, List<CoapOption> options) {
    int size = BlockOption.sizeOf(exponent);
    return exponent == BlockOption.BERT
        ? carrier.roomForBlock(exchange, options) / size * size
        : size;
  }

  private static Body part(Body body, int from, int length) {
    ByteBuf bytes = Unpooled.buffer(length);
    body.writeTo(bytes, from, length);
    return Body.copyOf(bytes, 0, length);
  }
}
