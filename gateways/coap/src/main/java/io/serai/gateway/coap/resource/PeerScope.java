package io.serai.gateway.coap.resource;

import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.gateway.Confirms;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Effects;
import io.serai.gateway.Then;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.Reply;
import org.jspecify.annotations.Nullable;

/** What the resources of one peer share. Confined to the peer's event loop. */
final class PeerScope {
  private final ConnectionInfo info;
  private final NodeResources node;
  private final Confirms<CoapFrame> confirms = new Confirms<>();
  private final Deadlines deadlines = new Deadlines();
  private final Consumers consumers = new Consumers(this);

  PeerScope(ConnectionInfo info, NodeResources node) {
    this.info = info;
    this.node = node;
  }

  ConnectionInfo info() {
    return info;
  }

  /** What all peers of the node share. */
  NodeResources node() {
    return node;
  }

  Confirms<CoapFrame> confirms() {
    return confirms;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  Consumers consumers() {
    return consumers;
  }

  /** Asks on behalf of a request; what is refused, or thrown by {@code onOk}, is its answer. */
  <R> void ask(Request<R> request, Reply reply, Effects<CoapFrame> out, Then<R, CoapFrame> onOk) {
    askEither(
        request,
        reply,
        out,
        (result, later) -> {
          R value = valueOrNull(result);
          if (value == null) {
            throw refusal(result);
          }
          onOk.accept(value, later);
        });
  }

  /** Likewise, where a refusal need not be an error: {@code onAnswer} throws when it is one. */
  <R> void askEither(
      Request<R> request,
      Reply reply,
      Effects<CoapFrame> out,
      Then<Result<R>, CoapFrame> onAnswer) {
    out.ask(
        request, (result, later) -> attempt(reply, later, () -> onAnswer.accept(result, later)));
  }

  /** Runs a part of a request; what it throws is the answer. */
  static void attempt(Reply reply, Effects<CoapFrame> out, Runnable part) {
    try {
      part.run();
    } catch (RequestException e) {
      reply.answer(e.answer(), out);
    }
  }

  /** The value of a result, null when it was refused. */
  static <R> @Nullable R valueOrNull(Result<R> result) {
    return result instanceof Result.Ok<R>(R value) ? value : null;
  }

  /** Why a result is none. */
  static RequestException refusal(Result<?> result) {
    return switch (result) {
      case Result.Refused<?>(var reason, String text) -> RequestException.refused(reason, text);
      case Result.Ok<?> _ -> throw new IllegalArgumentException("not refused");
    };
  }
}
