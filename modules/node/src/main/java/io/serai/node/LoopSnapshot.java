package io.serai.node;

import java.util.Map;

/**
 * What a loop last said of itself; it does so about once a second.
 *
 * @param atMillis when, milliseconds since 1970; an old one means that the loop is stuck
 * @param connections open connections by listener name
 */
record LoopSnapshot(long atMillis, Map<String, Integer> connections) {}
