package io.serai.bus;

import io.serai.model.Value;

/**
 * A queue as declared.
 *
 * @param name at most 255 bytes; empty asks the broker for a name
 * @param kind storage behaviour
 * @param lifetime who ends it
 * @param autoDelete deleted when its last consumer leaves (not before the first came)
 * @param arguments the declared {@code x-} arguments, compared by value when redeclared; unknown
 *     ones are refused by the routing core
 * @param source who defined it
 */
public record QueueSpec(
    String name,
    QueueKind kind,
    Lifetime lifetime,
    boolean autoDelete,
    Value.MapOf arguments,
    Source source) {}
