/**
 * AMQP 0-9-1 with RabbitMQ's extensions. {@link io.serai.gateway.amqp.v091.Amqp091Codec} turns
 * bytes into frames and back, {@link io.serai.gateway.amqp.v091.Amqp091Session} is one connection's
 * state, {@link io.serai.gateway.amqp.v091.Amqp091Mapping} translates messages of other protocols.
 */
@NullMarked
package io.serai.gateway.amqp.v091;

import org.jspecify.annotations.NullMarked;
