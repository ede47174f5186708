package io.serai.routing.index;

import io.serai.model.TopicFilter.Literal;
import io.serai.model.TopicFilter.Multi;
import io.serai.model.TopicFilter.Single;
import io.serai.model.TopicFilter.Step;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node of the topic trie. Immutable. Most nodes have one child or none, so a single child is kept
 * without a map.
 */
final class TopicNode {
  static final TopicNode EMPTY = new TopicNode(null, null, null, null, null);

  /** Literal children: null, an {@link OneChild} or a {@code PersistentMap<String, TopicNode>}. */
  private final @Nullable Object literals;

  private final @Nullable TopicNode single;
  private final @Nullable TopicNode multi;

  /** Values of filters that end here; see {@link Values}. */
  private final @Nullable Object values;

  /** The same for filters whose leading wildcard does not match a {@code $} topic. */
  private final @Nullable Object hidingValues;

  private record OneChild(String level, TopicNode node) {}

  private TopicNode(
      @Nullable Object literals,
      @Nullable TopicNode single,
      @Nullable TopicNode multi,
      @Nullable Object values,
      @Nullable Object hidingValues) {
    this.literals = literals;
    this.single = single;
    this.multi = multi;
    this.values = values;
    this.hidingValues = hidingValues;
  }

  private boolean isEmpty() {
    return literals == null
        && single == null
        && multi == null
        && values == null
        && hidingValues == null;
  }

  @SuppressWarnings("unchecked") // the one map type that is ever stored
  @Nullable TopicNode child(String level) {
    return switch (literals) {
      case null -> null;
      case OneChild(String known, TopicNode node) -> known.equals(level) ? node : null;
      default -> ((PersistentMap<String, TopicNode>) literals).get(level);
    };
  }

  // ---- change

  TopicNode with(List<Step> steps, int at, boolean hides, Object value, boolean[] added) {
    if (at == steps.size()) {
      return hides
          ? new TopicNode(literals, single, multi, values, Values.with(hidingValues, value, added))
          : new TopicNode(literals, single, multi, Values.with(values, value, added), hidingValues);
    }
    return switch (steps.get(at)) {
      case Literal(String level) -> {
        TopicNode child = child(level);
        TopicNode changed =
            (child == null ? EMPTY : child).with(steps, at + 1, hides, value, added);
        yield withLiteral(level, changed);
      }
      case Single _ ->
          new TopicNode(
              literals,
              (single == null ? EMPTY : single).with(steps, at + 1, hides, value, added),
              multi,
              values,
              hidingValues);
      case Multi _ ->
          new TopicNode(
              literals,
              single,
              (multi == null ? EMPTY : multi).with(steps, at + 1, hides, value, added),
              values,
              hidingValues);
    };
  }

  @SuppressWarnings("unchecked") // the one map type that is ever stored
  private TopicNode withLiteral(String level, TopicNode node) {
    Object changed =
        switch (literals) {
          case null -> new OneChild(level, node);
          case OneChild(String known, TopicNode other) ->
              known.equals(level)
                  ? new OneChild(known, node)
                  : PersistentMap.<String, TopicNode>empty().with(known, other).with(level, node);
          default -> ((PersistentMap<String, TopicNode>) literals).with(level, node);
        };
    return new TopicNode(changed, single, multi, values, hidingValues);
  }

  /** This node without the value; itself when it was not there, null when nothing is left. */
  @Nullable TopicNode without(List<Step> steps, int at, boolean hides, Object value) {
    TopicNode changed = removed(steps, at, hides, value);
    return changed == this || !changed.isEmpty() ? changed : null;
  }

  private TopicNode removed(List<Step> steps, int at, boolean hides, Object value) {
    if (at == steps.size()) {
      Object before = hides ? hidingValues : values;
      Object after = Values.without(before, value);
      if (after == before) {
        return this;
      }
      return hides
          ? new TopicNode(literals, single, multi, values, after)
          : new TopicNode(literals, single, multi, after, hidingValues);
    }
    Step step = steps.get(at);
    TopicNode child =
        switch (step) {
          case Literal(String level) -> child(level);
          case Single _ -> single;
          case Multi _ -> multi;
        };
    TopicNode changed = child == null ? null : child.without(steps, at + 1, hides, value);
    if (child == null || changed == child) {
      return this;
    }
    return switch (step) {
      case Literal(String level) -> changed == null ? cut(level) : withLiteral(level, changed);
      case Single _ -> new TopicNode(literals, changed, multi, values, hidingValues);
      case Multi _ -> new TopicNode(literals, single, changed, values, hidingValues);
    };
  }

  @SuppressWarnings("unchecked") // the one map type that is ever stored
  private TopicNode cut(String level) {
    Object left = null;
    if (literals instanceof PersistentMap<?, ?> map) {
      PersistentMap<String, TopicNode> rest =
          ((PersistentMap<String, TopicNode>) map).without(level);
      left = rest.isEmpty() ? null : rest;
    }
    return new TopicNode(left, single, multi, values, hidingValues);
  }

  // ---- match

  /**
   * @param isDollar the topic's first level starts with {@code $}
   * @param isHidden a wildcard took the first level of such a topic: filters that hide it are out
   */
  void match(String[] path, int at, boolean isDollar, boolean isHidden, Consumer<Object> out) {
    boolean hiddenByWildcard = isHidden || (isDollar && at == 0);
    if (multi != null) {
      multi.matchAnywhere(path, at, isDollar, hiddenByWildcard, out);
    }
    if (at == path.length) {
      emit(isHidden, out);
      return;
    }
    TopicNode literal = child(path[at]);
    if (literal != null) {
      literal.match(path, at + 1, isDollar, isHidden, out);
    }
    if (single != null) {
      single.match(path, at + 1, isDollar, hiddenByWildcard, out);
    }
  }

  /** This node stands behind a {@code #} that may take any number of the levels from {@code at}. */
  private void matchAnywhere(
      String[] path, int at, boolean isDollar, boolean isHidden, Consumer<Object> out) {
    if (literals == null && single == null && multi == null) {
      emit(isHidden, out);
      return;
    }
    for (int next = at; next <= path.length; next++) {
      match(path, next, isDollar, isHidden, out);
    }
  }

  /** Hands over the values of filters that end here. */
  void emit(boolean isHidden, Consumer<Object> out) {
    Values.forEach(values, out);
    if (!isHidden) {
      Values.forEach(hidingValues, out);
    }
  }
}
