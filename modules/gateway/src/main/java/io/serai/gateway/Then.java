package io.serai.gateway;

import org.jspecify.annotations.Nullable;

/**
 * What a session does with an answer. Runs on the connection's loop, never inside another call of
 * the session.
 *
 * @param <A> the answer
 * @param <F> the protocol's frames
 */
@FunctionalInterface
public interface Then<A extends @Nullable Object, F> {
  void accept(A answer, Effects<F> out);
}
