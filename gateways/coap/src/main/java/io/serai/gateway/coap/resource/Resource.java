package io.serai.gateway.coap.resource;

import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapFrame;

/** What stands under one first segment of a path. */
@FunctionalInterface
interface Resource {
  /**
   * Answers a request, now or later.
   *
   * @throws RequestException when it cannot be carried out
   */
  void handle(Incoming in, Effects<CoapFrame> out);
}
