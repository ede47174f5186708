package io.serai.routing.store;

import java.util.List;
import java.util.Map;

/**
 * What a store holds when it is opened.
 *
 * @param facts in no order
 * @param messages of each owner that has any, in the order of their sequences
 * @param unreadable messages that stay stored because no installed module reads them
 */
public record Recovered(List<Fact> facts, Map<Long, List<StoredMessage>> messages, int unreadable) {
  /** A store that is new. */
  public static final Recovered NOTHING = new Recovered(List.of(), Map.of(), 0);
}
