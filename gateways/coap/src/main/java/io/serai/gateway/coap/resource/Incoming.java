package io.serai.gateway.coap.resource;

import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapAnswer;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.CoapRequest;
import io.serai.gateway.coap.Reply;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import java.util.List;

/**
 * A request on its way through a resource.
 *
 * @param path its segments, at least one
 * @param client who asks
 */
record Incoming(CoapRequest request, List<String> path, Query query, Client client, Reply reply) {
  boolean isMethod(CoapCode method) {
    return request.method().equals(method);
  }

  void answer(CoapAnswer answer, Effects<CoapFrame> out) {
    reply.answer(answer, out);
  }

  void answer(CoapCode code, Effects<CoapFrame> out) {
    reply.answer(CoapAnswer.of(code), out);
  }

  /** A message of this client that comes in now. */
  Message message(Address to, Encoding encoding, Body body, Effects<CoapFrame> out) {
    return new Message(to, encoding, body, client.origin(), out.nowMillis());
  }
}
