package io.serai.model;

/**
 * Turns a message into one target encoding. Instances are constants: {@link Message#as} caches the
 * result under the instance itself, so a message is converted once per target however many
 * consumers there are.
 *
 * @param <T> the target encoding, immutable
 */
@FunctionalInterface
public interface Conversion<T> {
  /** Converts {@code message}. Pure; may run twice when two loops race. */
  T convert(Message message);
}
