package io.serai.bus;

/**
 * A request to the loop that owns a piece of state, as routing forwards it. Open here because the
 * set is routing's own business; routing seals it.
 *
 * @param <R> the answer
 */
@SuppressWarnings("unused") // R types the answer of Bus.call
public interface OwnerRequest<R> {}
