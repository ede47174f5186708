package io.serai.gateway.stomp;

import org.jspecify.annotations.Nullable;

/**
 * What every MESSAGE of one subscription says alike. Compared by identity: one instance per
 * subscription.
 *
 * @param id the {@code subscription} header; null for a 1.0 client that gave none
 * @param messageIdPrefix the {@code message-id} header without the number at its end; plain ASCII
 *     that needs no escape
 * @param acknowledges whether the client is to acknowledge, so that 1.2 has an {@code ack} header
 */
record SubscriptionTag(@Nullable String id, String messageIdPrefix, boolean acknowledges) {}
