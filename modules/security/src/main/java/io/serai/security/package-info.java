/**
 * Who a peer is and what it may do: users with SCRAM-SHA-256 verifiers, permissions as RabbitMQ has
 * them, the {@link io.serai.gateway.Authenticator} of every gateway, and TLS material. Decisions
 * are asked for in the routing core only.
 */
@NullMarked
package io.serai.security;

import org.jspecify.annotations.NullMarked;
