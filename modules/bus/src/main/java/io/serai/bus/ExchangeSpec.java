package io.serai.bus;

import io.serai.model.Value;

/**
 * An exchange as declared.
 *
 * @param type the exchange type's name, such as {@code topic}
 * @param lifetime {@link Lifetime#EXCLUSIVE} is not used for exchanges
 * @param autoDelete deleted when the last binding from it goes
 * @param internal takes messages from other exchanges only
 * @param arguments such as {@code alternate-exchange}
 * @param source who defined it
 */
public record ExchangeSpec(
    String name,
    String type,
    Lifetime lifetime,
    boolean autoDelete,
    boolean internal,
    Value.MapOf arguments,
    Source source) {}
