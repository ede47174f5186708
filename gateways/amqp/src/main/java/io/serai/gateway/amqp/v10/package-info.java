/**
 * AMQP 1.0. Here: its type system, and how a message's sections and addresses correspond to the
 * neutral message (docs/protocols/mapping.md).
 */
@NullMarked
package io.serai.gateway.amqp.v10;

import org.jspecify.annotations.NullMarked;
