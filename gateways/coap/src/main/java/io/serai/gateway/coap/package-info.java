/**
 * CoAP publish-subscribe. Here: how its requests' options and paths correspond to the neutral
 * message (docs/protocols/mapping.md).
 */
@NullMarked
package io.serai.gateway.coap;

import org.jspecify.annotations.NullMarked;
