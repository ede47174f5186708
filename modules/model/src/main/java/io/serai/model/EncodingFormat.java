package io.serai.model;

/**
 * How the encodings of one protocol are stored: without loss, so that a consumer of that protocol
 * gets every field back exactly after a restart, too. Found with {@link java.util.ServiceLoader}.
 * Ids in use: 1 neutral, 2 AMQP 0-9-1, 3 MQTT, 4 AMQP 1.0, 5 STOMP, 6 CoAP.
 */
public interface EncodingFormat extends StoredFormat<Encoding> {}
