package io.serai.routing.index;

import org.jspecify.annotations.Nullable;

/**
 * What lies behind one step of the filters in a topic index: a {@link Tail} where only one filter
 * goes on, a {@link Branch} where several do. Immutable.
 *
 * <p>Steps are strings for literal levels and {@link #SINGLE} or {@link #MULTI} for wildcards.
 */
sealed interface TopicNode permits Branch, Tail {
  /** Exactly one level. */
  Object SINGLE = new Wildcard("SINGLE");

  /** Any number of levels. */
  Object MULTI = new Wildcard("MULTI");

  /** Not a string, and equal to nothing but itself. */
  final class Wildcard {
    private final String name;

    private Wildcard(String name) {
      this.name = name;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Values of the filters that end here; see {@link Values}. */
  @Nullable Object values();
}
