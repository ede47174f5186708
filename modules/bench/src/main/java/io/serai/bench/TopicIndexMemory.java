package io.serai.bench;

import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.serai.routing.index.TopicIndex;
import java.util.ArrayList;
import java.util.List;

/**
 * Heap bytes that a topic index of a million filters keeps for each, levels included. Counts what
 * is reachable after a full collection, so run it with nothing else in the JVM: {@code java -cp
 * modules/bench/target/dist/lib/* io.serai.bench.TopicIndexMemory}.
 */
public final class TopicIndexMemory {
  private static final int FILTERS = 1_000_000;

  private TopicIndexMemory() {}

  /** Prints a line for each shape of filter. */
  public static void main(String[] args) {
    for (FilterShape shape : FilterShape.values()) {
      long before = usedBytes();
      TopicIndex<Object> index = TopicIndex.empty();
      for (int i = 0; i < FILTERS; i++) {
        index = index.with(TopicFilter.ofMqtt(shape.filter(i)), shape);
      }
      long bytes = usedBytes() - before;
      System.out.printf("%-8s %3d bytes per filter%n", shape, Math.round((double) bytes / FILTERS));
      check(index, shape);
    }
  }

  /** The index is in use up to here, and holds what it should. */
  private static void check(TopicIndex<Object> index, FilterShape shape) {
    List<Object> found = new ArrayList<>();
    index.match(Topic.of(shape.topic(FILTERS / 2), Spelling.SLASH), found::add);
    if (found.size() != 1 || index.size() != FILTERS) {
      throw new IllegalStateException(shape + ": " + found + " of " + index.size());
    }
  }

  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
