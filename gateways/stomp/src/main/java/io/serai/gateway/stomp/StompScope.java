package io.serai.gateway.stomp;

import io.serai.bus.Caller;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Then;
import io.serai.model.Origin;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What the parts of an open connection share: who it is, how it speaks, and how they ask the broker
 * for something. Confined to the connection's event loop.
 */
final class StompScope {
  /** Where errors go that come to light in an answer. */
  @FunctionalInterface
  interface Failures {
    /** Sends ERROR and closes, unless the frame asked to keep the connection. */
    void fail(Answer to, ProtocolException error, Effects<StompFrame> out);
  }

  private final Caller caller;
  private final Origin origin;
  private final String sessionName;
  private final boolean keepsOnError;
  private final Supplier<String> randomNames;
  private final Failures failures;
  private boolean isClosed;

  StompScope(
      Caller caller,
      Origin origin,
      String sessionName,
      boolean keepsOnError,
      Supplier<String> randomNames,
      Failures failures) {
    this.caller = caller;
    this.origin = origin;
    this.sessionName = sessionName;
    this.keepsOnError = keepsOnError;
    this.randomNames = randomNames;
    this.failures = failures;
  }

  Caller caller() {
    return caller;
  }

  Origin origin() {
    return origin;
  }

  /** The {@code session} header of CONNECTED; message ids start with it. */
  String sessionName() {
    return sessionName;
  }

  boolean keepsOnError() {
    return keepsOnError;
  }

  /** A name that nobody was given before and nobody can guess. */
  String randomName() {
    return randomNames.get();
  }

  /** Nothing is said any more; answers that are still awaited change nothing. */
  void close() {
    isClosed = true;
  }

  boolean isClosed() {
    return isClosed;
  }

  /** Asks on behalf of a frame; what is refused, or thrown by {@code onOk}, is its failure. */
  <R> void ask(Request<R> request, Answer to, Effects<StompFrame> out, Then<R, StompFrame> onOk) {
    askEither(
        request,
        to,
        out,
        (result, then) -> {
          switch (result) {
            case Result.Ok<R>(R value) -> onOk.accept(value, then);
            case Result.Refused<R>(var reason, String text) -> throw refused(reason, text);
          }
        });
  }

  /** Likewise, where a refusal need not be an error: {@code onAnswer} throws when it is one. */
  <R> void askEither(
      Request<R> request,
      Answer to,
      Effects<StompFrame> out,
      Then<Result<R>, StompFrame> onAnswer) {
    out.ask(
        request,
        (result, then) -> {
          if (isClosed) {
            undo(result, then);
            return;
          }
          try {
            onAnswer.accept(result, then);
          } catch (ProtocolException e) {
            failures.fail(to, e, then);
          }
        });
  }

  /** The connection closed before the answer: what it was given is given back. */
  private void undo(Result<?> result, Effects<StompFrame> out) {
    if (result instanceof Result.Ok<?>(ConsumerRef ref)) {
      out.tell(new Request.CancelConsumer(caller, ref));
    }
  }

  /** A frame's failure. */
  void fail(Answer to, ProtocolException error, Effects<StompFrame> out) {
    failures.fail(to, error, out);
  }

  /** The error for what the broker refuses, in RabbitMQ's words. */
  static ProtocolException refused(Refusal reason, String text) {
    return StompErrors.of(reason.name().toLowerCase(Locale.ROOT), reason.name() + " - " + text, "");
  }
}
