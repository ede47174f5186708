package io.serai.routing.index;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node of the topic trie where filters part or end. */
final class Branch implements TopicNode {
  static final Branch EMPTY = new Branch(null, null, null, null);

  /** Literal children: null, a {@link Step} or a {@code PersistentMap<String, TopicNode>}. */
  private final @Nullable Object literals;

  final @Nullable TopicNode single;
  final @Nullable TopicNode multi;
  private final @Nullable Object values;

  /** One child and the step that leads to it. */
  record Step(Object step, TopicNode node) {}

  private Branch(
      @Nullable Object literals,
      @Nullable TopicNode single,
      @Nullable TopicNode multi,
      @Nullable Object values) {
    this.literals = literals;
    this.single = single;
    this.multi = multi;
    this.values = values;
  }

  @Override
  public @Nullable Object values() {
    return values;
  }

  /** The child behind a literal level. */
  @Nullable TopicNode literal(String level) {
    Object known = literals;
    if (known == null) {
      return null;
    }
    if (known instanceof Step one) {
      return one.step.equals(level) ? one.node : null;
    }
    return map(known).get(level);
  }

  @Nullable TopicNode child(Object step) {
    if (step == SINGLE) {
      return single;
    }
    return step == MULTI ? multi : literal((String) step);
  }

  @SuppressWarnings("unchecked") // the one map type that is ever stored
  private static PersistentMap<String, TopicNode> map(Object literals) {
    return (PersistentMap<String, TopicNode>) literals;
  }

  // ---- change

  Branch withValues(@Nullable Object changed) {
    return new Branch(literals, single, multi, changed);
  }

  Branch with(Object step, TopicNode child) {
    if (step == SINGLE) {
      return new Branch(literals, child, multi, values);
    }
    if (step == MULTI) {
      return new Branch(literals, single, child, values);
    }
    String level = (String) step;
    Object changed =
        switch (literals) {
          case null -> new Step(level, child);
          case Step(Object known, TopicNode other) ->
              known.equals(level)
                  ? new Step(known, child)
                  : PersistentMap.<String, TopicNode>empty()
                      .with((String) known, other)
                      .with(level, child);
          default -> map(literals).with(level, child);
        };
    return new Branch(changed, single, multi, values);
  }

  Branch without(Object step) {
    if (step == SINGLE) {
      return new Branch(literals, null, multi, values);
    }
    if (step == MULTI) {
      return new Branch(literals, single, null, values);
    }
    Object left = null;
    if (literals instanceof PersistentMap<?, ?>) {
      PersistentMap<String, TopicNode> rest = map(literals).without(step);
      left = rest.size() == 1 ? onlyEntry(rest) : rest;
    }
    return new Branch(left, single, multi, values);
  }

  private static Step onlyEntry(PersistentMap<String, TopicNode> map) {
    Step[] entry = new Step[1];
    map.forEach((level, node) -> entry[0] = new Step(level, node));
    return entry[0];
  }

  /** Whether no filter ends here and just one step leads on. */
  boolean leadsNowhereElse() {
    return values == null && onlyChild() != null;
  }

  /** The only filter from here on; null when there are several. */
  @Nullable Tail onlyTail() {
    Step child = onlyChild();
    if (values != null) {
      boolean hasChildren = literals != null || single != null || multi != null;
      return hasChildren ? null : new Tail(Tail.NOTHING, values);
    }
    return child != null && child.node instanceof Tail tail
        ? tail.behind(new Object[] {child.step}, 0, 1)
        : null;
  }

  private @Nullable Step onlyChild() {
    if (literals != null) {
      return single == null && multi == null && literals instanceof Step one ? one : null;
    }
    if (single != null) {
      return multi == null ? new Step(SINGLE, single) : null;
    }
    return multi == null ? null : new Step(MULTI, multi);
  }

  void forEachChild(Consumer<TopicNode> action) {
    switch (literals) {
      case null -> {}
      case Step(_, TopicNode node) -> action.accept(node);
      default -> map(literals).forEach((_, node) -> action.accept(node));
    }
    if (single != null) {
      action.accept(single);
    }
    if (multi != null) {
      action.accept(multi);
    }
  }

  // ---- match

  /** Hands over the values of every filter below that the levels from {@code from} on pass. */
  void match(String[] path, int from, Consumer<Object> out) {
    Branch at = this;
    for (int level = from; ; level++) {
      if (at.multi != null) {
        matchBehindMulti(at.multi, path, level, out);
      }
      if (level == path.length) {
        Values.forEach(at.values, out);
        return;
      }
      Branch next = matchOrFollow(at.literal(path[level]), path, level + 1, out);
      Branch other = matchOrFollow(at.single, path, level + 1, out);
      if (next == null) {
        next = other;
      } else if (other != null) {
        other.match(path, level + 1, out); // as deep as filters part again and again, not as topics
      }
      if (next == null) {
        return;
      }
      at = next;
    }
  }

  /** Matches a tail at once; a branch is handed back. */
  private static @Nullable Branch matchOrFollow(
      @Nullable TopicNode node, String[] path, int from, Consumer<Object> out) {
    if (node instanceof Tail tail) {
      if (tail.matches(path, from, false)) {
        Values.forEach(tail.values(), out);
      }
      return null;
    }
    return (Branch) node;
  }

  private static void matchBehindMulti(
      TopicNode node, String[] path, int from, Consumer<Object> out) {
    switch (node) {
      case Tail tail -> {
        if (tail.matches(path, from, true)) {
          Values.forEach(tail.values(), out);
        }
      }
      case Branch branch -> new MultiWalk(path, out).from(branch, from);
    }
  }
}
