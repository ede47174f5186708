package io.serai.gateway;

/**
 * What an {@link Authenticator} knows of a login that takes several steps. Sessions carry it from a
 * challenge to its answer and look no further. Immutable, never logged.
 */
public interface SaslExchange {}
