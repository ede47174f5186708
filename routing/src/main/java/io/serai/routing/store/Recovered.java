package io.serai.routing.store;

import java.util.List;
import java.util.Map;

/**
 * What a store holds when it is opened.
 *
 * @param facts in no order
 * @param retained values, in the order of their sequences
 * @param delayed messages that wait for their time, without their content
 * @param backlogs of each queue that has messages
 * @param unreadable messages that stay stored because no installed module reads them
 */
public record Recovered(
    List<Fact> facts,
    List<StoredMessage> retained,
    List<StoredDelay> delayed,
    Map<Long, StoredBacklog> backlogs,
    int unreadable) {
  /** A store that is new. */
  public static final Recovered NOTHING =
      new Recovered(List.of(), List.of(), List.of(), Map.of(), 0);
}
