/**
 * The drivers: sockets in, sessions called, effects performed. Stream transports (TCP, TLS,
 * WebSocket) and datagrams share one {@link io.serai.gateway.driver.Connection}.
 */
@NullMarked
package io.serai.gateway.driver;

import org.jspecify.annotations.NullMarked;
