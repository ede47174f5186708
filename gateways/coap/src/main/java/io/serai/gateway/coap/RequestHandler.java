package io.serai.gateway.coap;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.gateway.Effects;
import java.util.List;

/**
 * The resources as one peer sees them: the seam between messages below and meaning above. There is
 * one per peer (a UDP address, a DTLS session, a TCP or WebSocket connection), made with its {@link
 * io.serai.gateway.ConnectionInfo}. It decides who the peer is ({@link Effects#authenticate} and
 * {@link Effects#enter}, by the verified identity, by credentials in a request, or as anonymous
 * where that is allowed) and answers requests; it never sends anything by {@link Effects#send} and
 * never closes. Pure, and confined to the connection's event loop.
 *
 * <p>Requests come in order, each once. While an {@link Effects#ask} or {@link
 * Effects#authenticate} is outstanding no further request comes.
 */
public interface RequestHandler {
  /**
   * A whole request. It is answered through {@code reply} now or later; a request without an answer
   * at all keeps a little memory until its peer is gone. Something thrown is our fault and answers
   * 5.00.
   */
  void onRequest(CoapRequest request, Reply reply, Effects<CoapFrame> out);

  /**
   * Whether asking for this again changes nothing, as is so with GET and FETCH (RFC 7252 §5.1).
   * Only then may the message layer have a request come again, for instance to have a peer show
   * first that its address is its own.
   *
   * @param path the decoded segments
   */
  default boolean isRepeatable(CoapCode method, List<String> path) {
    return method.equals(CoapCode.GET) || method.equals(CoapCode.FETCH);
  }

  // ---- what the broker has for this peer, as in io.serai.gateway.Session

  /** Messages for this peer's consumers, in order per queue. */
  default void onDeliveries(List<Delivery> deliveries, Effects<CoapFrame> out) {}

  /** A published message that asked for confirmation, or a commit, is safe, or was refused. */
  default void onConfirm(long token, boolean accepted, Effects<CoapFrame> out) {}

  /** The queue under a consumer was deleted. */
  default void onConsumerCancelled(ConsumerRef consumer, Effects<CoapFrame> out) {}

  // ---- time and the end

  /**
   * When {@link #onDeadline} is to be called, in milliseconds since 1970; {@link Long#MAX_VALUE}
   * for never. Asked after each call; may be up to 100 ms late.
   */
  default long nextDeadlineMillis() {
    return Long.MAX_VALUE;
  }

  /** The time said by {@link #nextDeadlineMillis} has come. */
  default void onDeadline(Effects<CoapFrame> out) {}

  /**
   * Whether the peer's state must be kept although nothing was heard of it for long, for instance
   * because it holds messages that it may still acknowledge. Observations and requests without
   * answers keep it anyway.
   */
  default boolean isHolding() {
    return false;
  }

  /** The peer is gone or ended here; its observers have been told. Nothing follows. */
  default void onClosed(Effects<CoapFrame> out) {}
}
