package io.serai.routing;

import io.serai.bus.MatchData;
import io.serai.bus.QueueRef;
import io.serai.bus.ShardCommand.Slot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The queues that one copy of a message reaches, with the match data of all ways there. */
final class FoundQueues {
  private final Map<QueueRef, List<MatchData>> found = new LinkedHashMap<>();

  boolean isEmpty() {
    return found.isEmpty();
  }

  Set<QueueRef> queues() {
    return found.keySet();
  }

  /** Another way to a queue. */
  void add(QueueRef queue, @Nullable MatchData match) {
    List<MatchData> one = match == null ? List.of() : List.of(match);
    List<MatchData> before = found.putIfAbsent(queue, one);
    if (before != null && match != null) {
      List<MatchData> more =
          before instanceof ArrayList<MatchData> ? before : new ArrayList<>(before);
      more.add(match);
      found.put(queue, more);
    }
  }

  /** What each shard gets of the copy. */
  List<Route.Part> parts(@Nullable RepeatWindows windows) {
    if (found.size() == 1) {
      Map.Entry<QueueRef, List<MatchData>> only = found.entrySet().iterator().next();
      return List.of(new Route.Part(only.getKey().shard(), List.of(slot(only, windows))));
    }
    TreeMap<Integer, List<Slot>> byShard = new TreeMap<>();
    for (Map.Entry<QueueRef, List<MatchData>> entry : found.entrySet()) {
      byShard
          .computeIfAbsent(entry.getKey().shard(), _ -> new ArrayList<>())
          .add(slot(entry, windows));
    }
    List<Route.Part> parts = new ArrayList<>(byShard.size());
    byShard.forEach((shard, slots) -> parts.add(new Route.Part(shard, List.copyOf(slots))));
    return List.copyOf(parts);
  }

  private static Slot slot(
      Map.Entry<QueueRef, List<MatchData>> entry, @Nullable RepeatWindows windows) {
    return new Slot(
        entry.getKey(),
        List.copyOf(entry.getValue()),
        windows == null ? null : windows.of(entry.getKey()));
  }
}
