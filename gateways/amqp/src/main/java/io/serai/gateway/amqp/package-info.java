/**
 * The AMQP gateway: one listener for every version of the protocol, chosen by the protocol header a
 * client opens with (AMQP 0-9-1 §4.2.2).
 */
@NullMarked
package io.serai.gateway.amqp;

import org.jspecify.annotations.NullMarked;
