/**
 * What CoAP requests mean: topics under {@code /ps}, queues under {@code /q}, exchanges under
 * {@code /x}, procedures under {@code /rpc}, the collection of topics, EMQX's connections and
 * discovery. One {@link io.serai.gateway.coap.resource.Resources} per peer answers them; none of
 * this knows messages, retransmission or sockets.
 */
@NullMarked
package io.serai.gateway.coap.resource;

import org.jspecify.annotations.NullMarked;
