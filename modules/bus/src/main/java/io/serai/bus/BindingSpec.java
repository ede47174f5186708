package io.serai.bus;

import io.serai.model.Spelling;
import io.serai.model.Value;
import org.jspecify.annotations.Nullable;

/**
 * A binding from an exchange to a queue or to another exchange. Two bindings are the same when
 * everything but match data and source agrees; binding again then replaces the match data.
 *
 * @param source the exchange bound from
 * @param destination the queue or exchange bound to
 * @param toExchange whether the destination is an exchange
 * @param key binding key or topic filter, in {@code spelling}
 * @param spelling how the key is written; {@link Spelling#SLASH} means an MQTT filter
 * @param arguments such as a headers exchange's {@code x-match}
 * @param match opaque data handed back with every delivery through this binding
 * @param definedBy who defined it
 */
public record BindingSpec(
    String source,
    String destination,
    boolean toExchange,
    String key,
    Spelling spelling,
    Value.MapOf arguments,
    @Nullable MatchData match,
    Source definedBy) {}
