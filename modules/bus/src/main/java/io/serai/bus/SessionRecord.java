package io.serai.bus;

import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a durable client session (an MQTT session) while no connection holds it. It
 * stands beside the session's queue and is owned by the shard the client id hashes to.
 *
 * @param state the gateway's own immutable state: subscriptions, packet ids, QoS 2 phases
 * @param queue the session's queue, deleted with it; null when it has none
 * @param expiresAtMillis when the session ends, milliseconds since 1970; {@link Long#MAX_VALUE} for
 *     never
 * @param will a message to publish when {@code willAtMillis} comes or the session ends, unless a
 *     connection claims the session before
 * @param willFlags {@link Publisher} flags for the will
 * @param willAtMillis when the will is due
 * @param owner who the will is published as
 */
public record SessionRecord(
    Object state,
    @Nullable String queue,
    long expiresAtMillis,
    @Nullable Message will,
    int willFlags,
    long willAtMillis,
    Caller owner) {}
