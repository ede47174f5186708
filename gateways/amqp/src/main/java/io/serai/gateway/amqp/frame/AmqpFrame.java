package io.serai.gateway.amqp.frame;

/** What travels on an AMQP connection: a protocol header first, then frames of that version. */
public interface AmqpFrame {}
