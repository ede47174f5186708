package io.serai.gateway.coap.resource;

import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.gateway.Confirms;
import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapFrame;
import io.serai.model.Message;
import java.util.List;

/**
 * Publishes what a request brings, and answers: at once when it asks for no more than at most once,
 * else when the broker has taken the message as safely as it asks to be kept.
 */
final class Publishing {
  private final Confirms<CoapFrame> confirms;

  Publishing(PeerScope scope) {
    this.confirms = scope.confirms();
  }

  /** What became of a message that was published without being waited for. */
  @FunctionalInterface
  interface Done {
    /**
     * @param isRouted whether a queue gets it
     */
    void run(boolean isRouted, Effects<CoapFrame> out);
  }

  /**
   * Publishes a message.
   *
   * @param isKept whether it becomes its topic's last value; an empty body clears that
   * @param done answers the request: the message is safe, or nobody wants it
   * @throws RequestException when the client may not publish there, or there is no such exchange
   */
  void publish(Message message, boolean isKept, Incoming in, Effects<CoapFrame> out, Done done) {
    boolean isConfirmed = message.encoding().isDurable();
    int flags = (isKept ? Publisher.RETAIN : 0) | (isConfirmed ? Publisher.CONFIRM : 0);
    long token = isConfirmed ? awaited(in, done) : 0;
    PublishResult result = out.publish(message, flags, token);
    if (isConfirmed && result != PublishResult.ROUTED) {
      confirms.forget(token);
    }
    if (result == PublishResult.UNROUTABLE || !isConfirmed && result == PublishResult.ROUTED) {
      done.run(result == PublishResult.ROUTED, out);
    } else {
      check(result, message);
    }
  }

  /**
   * Publishes messages so that every queue gets those that are for it, or none does.
   *
   * @param done answers the request: all are safe
   * @throws RequestException when one of them may not be published; then none is
   */
  void publishAll(List<Message> messages, Incoming in, Effects<CoapFrame> out, Done done) {
    messages.forEach(message -> check(message, out));
    out.commit(() -> messages.forEach(message -> out.publish(message, 0, 0)), awaited(in, done));
  }

  /** The token of what is answered once it is safe. */
  private long awaited(Incoming in, Done done) {
    return confirms.add((accepted, later) -> {
      if (accepted) {
        PeerScope.attempt(in.reply(), later, () -> done.run(true, later));
      } else {
        in.answer(
            new RequestException(CoapCode.SERVICE_UNAVAILABLE, "a queue for this message is full")
                .answer(),
            later);
      }
    });
  }

  /**
   * Makes sure that a message may be published.
   *
   * @throws RequestException when not
   */
  void check(Message message, Effects<CoapFrame> out) {
    check(out.publish(message, Publisher.CHECK, 0), message);
  }

  private static void check(PublishResult result, Message message) {
    String exchange = message.address().exchange();
    switch (result) {
      case ROUTED, UNROUTABLE -> {}
      case SHED ->
          throw new RequestException(CoapCode.TOO_MANY_REQUESTS, "over the rate of this client");
      case DENIED ->
          throw new RequestException(
              CoapCode.FORBIDDEN,
              "write access to '%s' in exchange '%s' refused for user '%s'"
                  .formatted(message.topic(), exchange, message.origin().user()));
      case NO_EXCHANGE ->
          throw new RequestException(
              CoapCode.NOT_FOUND,
              "no exchange '%s' in vhost '%s'".formatted(exchange, message.origin().vhost()));
      case INTERNAL_EXCHANGE ->
          throw new RequestException(
              CoapCode.FORBIDDEN,
              "exchange '%s' takes messages from other exchanges only".formatted(exchange));
    }
  }
}
