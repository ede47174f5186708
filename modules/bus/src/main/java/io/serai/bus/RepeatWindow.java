package io.serai.bus;

import org.jspecify.annotations.Nullable;

/**
 * How far back a queue or exchange knows again what a publisher sends a second time.
 *
 * @param scope the exchange whose window it is, empty for a queue's own
 * @param header the header that tells messages apart; null for {@code x-deduplication-header} where
 *     a message has it, else its message id
 * @param maxKeys most keys remembered; the oldest goes first
 * @param maxMillis how long a key is remembered
 */
public record RepeatWindow(String scope, @Nullable String header, int maxKeys, long maxMillis) {}
