package io.serai.gateway.coap;

import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapFrame.CoapMessage;
import org.jspecify.annotations.Nullable;

/**
 * One request of a peer and what became of it. Once answered it keeps little but the answer, for as
 * long as the request may be repeated. Confined to the connection's event loop.
 */
final class Exchange implements Reply {
  private final Requests requests;
  private final CoapCode method;
  private final CoapToken token;
  private final int messageId;
  private final boolean isConfirmable;

  /** When it came, by the loop's clock. */
  final long cameMillis;

  /** What describes the request; let go once it is answered. */
  private @Nullable RequestOptions options;

  private @Nullable RequestKey key;
  private boolean isDone;

  /** The client was told that it has come (a CON over UDP). */
  boolean isAcknowledged;

  /** What is sent again when the request comes again. */
  @Nullable CoapMessage repeat;

  Exchange(Requests requests, CoapMessage request, long cameMillis) {
    this.requests = requests;
    this.method = request.code();
    this.token = request.token();
    this.messageId = request.messageId();
    this.isConfirmable = request.type() == CoapType.CON;
    this.cameMillis = cameMillis;
  }

  void describe(RequestOptions with, RequestKey as) {
    options = with;
    key = as;
  }

  CoapCode method() {
    return method;
  }

  CoapToken token() {
    return token;
  }

  int messageId() {
    return messageId;
  }

  boolean isConfirmable() {
    return isConfirmable;
  }

  /** Whether it may be observed (RFC 7641 §1.1, RFC 8132 §2.4). */
  boolean isObservable() {
    return method.equals(CoapCode.GET) || method.equals(CoapCode.FETCH);
  }

  /** Whether asking again does no harm; as long as there is no answer. */
  boolean isRepeatable() {
    RequestKey asked = key;
    return asked != null && requests.isRepeatable(asked);
  }

  @Nullable RequestOptions options() {
    return options;
  }

  @Nullable RequestKey key() {
    return key;
  }

  /** It has its answer, or will get none. */
  void done() {
    isDone = true;
    options = null;
    key = null;
  }

  @Override
  public void answer(CoapAnswer answer, Effects<CoapFrame> out) {
    requests.answer(this, answer, out);
  }

  @Override
  public Observation observe(CoapAnswer first, Observer observer, Effects<CoapFrame> out) {
    return requests.observe(this, first, observer, out);
  }

  @Override
  public boolean isOpen() {
    return !isDone;
  }
}
