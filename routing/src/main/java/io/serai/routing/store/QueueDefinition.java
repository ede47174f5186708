package io.serai.routing.store;

import io.serai.bus.QueueSpec;
import org.jspecify.annotations.Nullable;

/**
 * A durable queue as it is stored.
 *
 * @param owner its number in the store, for as long as it lives
 * @param spec as it was declared, no policy in it
 * @param user with whose permission it writes dead letters; null for the configuration's
 * @param clientId that user's client at the time, empty when it had no name
 */
public record QueueDefinition(
    long owner, String vhost, QueueSpec spec, @Nullable String user, String clientId) {}
