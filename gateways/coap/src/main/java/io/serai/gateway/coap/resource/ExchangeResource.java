package io.serai.gateway.coap.resource;

import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapEncoding;
import io.serai.gateway.coap.CoapFrame;
import io.serai.model.Address;
import io.serai.model.Spelling;
import io.serai.model.Topic;

/**
 * {@code POST /x/exchange?key=k}: publishes to an exchange that exists, {@code key} spelled as in
 * AMQP. With {@code mandatory} a message that no queue wants is 4.04.
 */
final class ExchangeResource implements Resource {
  private final Publishing publishing;

  ExchangeResource(Publishing publishing) {
    this.publishing = publishing;
  }

  @Override
  public void handle(Incoming in, Effects<CoapFrame> out) {
    if (in.path().size() != 2 || in.path().get(1).isEmpty()) {
      throw RequestException.badRequest("the path is /x/exchange, with the routing key as ?key=");
    }
    if (!in.isMethod(CoapCode.POST)) {
      throw RequestException.notAllowed("POST");
    }
    in.query().allow("key", "mandatory", "qos", "expiry");
    in.query().checkPublication();
    boolean isMandatory = in.query().isOn("mandatory");
    String exchange = in.path().get(1);
    String key = in.query().text("key");
    CoapEncoding encoding =
        CoapEncoding.ofRequest(in.request().isConfirmable(), false, in.request().options());
    publishing.publish(
        in.message(
            new Address(exchange, Topic.of(key == null ? "" : key, Spelling.DOT)),
            encoding,
            in.request().payload(),
            out),
        false,
        in,
        out,
        (isRouted, later) -> {
          if (!isRouted && isMandatory) {
            throw new RequestException(
                CoapCode.NOT_FOUND, "no queue of exchange '" + exchange + "' wants this message");
          }
          in.answer(CoapCode.CHANGED, later);
        });
  }
}
