package io.serai.routing.store;

import java.util.List;
import java.util.Map;

/**
 * What a store holds when it is opened.
 *
 * @param facts in no order
 * @param messages of each owner that has any and holds them all: {@link Store#DELAYED_OWNER} and
 *     {@link Store#RETAINED_OWNER}, in the order of their sequences
 * @param backlogs of each queue that has messages
 * @param unreadable messages that stay stored because no installed module reads them
 */
public record Recovered(
    List<Fact> facts,
    Map<Long, List<StoredMessage>> messages,
    Map<Long, StoredBacklog> backlogs,
    int unreadable) {
  /** A store that is new. */
  public static final Recovered NOTHING = new Recovered(List.of(), Map.of(), Map.of(), 0);

  /** Whether an owner holds all its messages in memory. */
  public static boolean isHeldWhole(long owner) {
    return owner == Store.DELAYED_OWNER || owner == Store.RETAINED_OWNER;
  }
}
