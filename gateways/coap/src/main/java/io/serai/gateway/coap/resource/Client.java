package io.serai.gateway.coap.resource;

import io.serai.bus.Caller;
import io.serai.model.Origin;

/**
 * Who a request comes from.
 *
 * @param caller asks the broker
 * @param origin what its messages say of their publisher
 */
record Client(Caller caller, Origin origin) {
  String vhost() {
    return caller.vhost();
  }
}
