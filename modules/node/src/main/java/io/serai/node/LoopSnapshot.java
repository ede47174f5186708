package io.serai.node;

import java.util.Map;

/**
 * What a loop last said of itself; it does so about once a second.
 *
 * @param atMillis when, milliseconds since 1970; an old one means that the loop is stuck
 * @param connections open connections by listener name
 * @param retained retained values this loop owns
 * @param clients client sessions this loop owns, connected or kept
 */
record LoopSnapshot(long atMillis, Map<String, Integer> connections, int retained, int clients) {
  /** Nothing was said yet. */
  static final LoopSnapshot NONE = new LoopSnapshot(0, Map.of(), 0, 0);

  LoopSnapshot {
    connections = Map.copyOf(connections);
  }
}
