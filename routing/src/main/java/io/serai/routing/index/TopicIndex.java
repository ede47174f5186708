package io.serai.routing.index;

import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.serai.model.TopicFilter.Levels;
import io.serai.model.TopicFilter.Literal;
import io.serai.model.TopicFilter.Multi;
import io.serai.model.TopicFilter.Prefix;
import io.serai.model.TopicFilter.Single;
import io.serai.model.TopicFilter.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable index from topic filters to values: tries over levels for AMQP and MQTT filters, one
 * over characters for WAMP prefixes. Reading takes no lock; adding and removing copy one path, so
 * they do not slow down with the number of filters. Matching follows only the branches that can
 * match: its cost depends on the topic and on what matches it.
 *
 * @param <V> values; equal values under one filter are one
 */
public final class TopicIndex<V> {
  private static final TopicIndex<?> EMPTY = new TopicIndex<>(null, null, null, 0);

  private final @Nullable TopicNode levels;

  /** Filters whose leading wildcard does not match a topic that starts with {@code $}. */
  private final @Nullable TopicNode hiding;

  /** Prefix filters: one level per character and a final {@code #}. */
  private final @Nullable TopicNode prefixes;

  private final int size;

  private TopicIndex(
      @Nullable TopicNode levels,
      @Nullable TopicNode hiding,
      @Nullable TopicNode prefixes,
      int size) {
    this.levels = levels;
    this.hiding = hiding;
    this.prefixes = prefixes;
    this.size = size;
  }

  /** The index with nothing in it. */
  @SuppressWarnings("unchecked") // holds nothing
  public static <V> TopicIndex<V> empty() {
    return (TopicIndex<V>) EMPTY;
  }

  /** Number of (filter, value) pairs. */
  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** An index in which {@code filter} leads to {@code value}, in place of an equal value. */
  public TopicIndex<V> with(TopicFilter filter, V value) {
    Object[] steps = steps(filter);
    boolean[] added = new boolean[1];
    TopicNode changed = with(root(filter), steps, value, added);
    return replaced(filter, changed, added[0] ? 1 : 0);
  }

  /** An index in which {@code filter} does not lead to {@code value}. */
  public TopicIndex<V> without(TopicFilter filter, V value) {
    TopicNode root = root(filter);
    TopicNode changed = root == null ? null : without(root, steps(filter), value);
    return changed == root ? this : replaced(filter, changed, -1);
  }

  /** Hands over every value whose filter {@code topic} passes, once per filter. */
  @SuppressWarnings("unchecked") // only with() adds values
  public void match(Topic topic, Consumer<? super V> matches) {
    Consumer<Object> out = (Consumer<Object>) (Consumer<?>) matches;
    String[] path = topic.levelsShared();
    match(levels, path, out);
    if (hiding != null && !(path.length > 0 && path[0].startsWith("$"))) {
      match(hiding, path, out);
    }
    if (prefixes != null) {
      match(prefixes, characters(topic.spelled(Spelling.DOT)), out);
    }
  }

  private static void match(@Nullable TopicNode root, String[] path, Consumer<Object> out) {
    switch (root) {
      case null -> {}
      case Branch branch -> branch.match(path, 0, out);
      case Tail tail -> {
        if (tail.matches(path, 0, false)) {
          Values.forEach(tail.values(), out);
        }
      }
    }
  }

  /** Hands over every value of every filter, in no particular order. */
  @SuppressWarnings("unchecked") // only with() adds values
  public void forEach(Consumer<? super V> action) {
    Consumer<Object> out = (Consumer<Object>) (Consumer<?>) action;
    Deque<TopicNode> nodes = new ArrayDeque<>();
    for (TopicNode root : new @Nullable TopicNode[] {levels, hiding, prefixes}) {
      if (root != null) {
        nodes.push(root);
      }
    }
    while (!nodes.isEmpty()) {
      TopicNode node = nodes.pop();
      Values.forEach(node.values(), out);
      if (node instanceof Branch branch) {
        branch.forEachChild(nodes::push);
      }
    }
  }

  // ---- the three tries

  private @Nullable TopicNode root(TopicFilter filter) {
    return switch (filter) {
      case Levels _ -> isHiding(filter) ? hiding : levels;
      case Prefix _ -> prefixes;
    };
  }

  private TopicIndex<V> replaced(TopicFilter filter, @Nullable TopicNode root, int more) {
    return switch (filter) {
      case Levels _ ->
          isHiding(filter)
              ? new TopicIndex<>(levels, root, prefixes, size + more)
              : new TopicIndex<>(root, hiding, prefixes, size + more);
      case Prefix _ -> new TopicIndex<>(levels, hiding, root, size + more);
    };
  }

  private static boolean isHiding(TopicFilter filter) {
    return filter instanceof Levels(List<Step> steps, boolean hidesDollar)
        && hidesDollar
        && !steps.isEmpty()
        && !(steps.getFirst() instanceof Literal);
  }

  /** What a filter is in the trie; see {@link TopicNode}. */
  private static Object[] steps(TopicFilter filter) {
    return switch (filter) {
      case Levels(List<Step> steps, _) -> {
        Object[] compiled = new Object[steps.size()];
        for (int i = 0; i < compiled.length; i++) {
          compiled[i] = step(steps.get(i));
        }
        yield compiled;
      }
      case Prefix(String text) -> {
        String[] characters = characters(text);
        Object[] steps = new Object[characters.length + 1];
        System.arraycopy(characters, 0, steps, 0, characters.length);
        steps[characters.length] = TopicNode.MULTI;
        yield steps;
      }
    };
  }

  private static Object step(Step step) {
    return switch (step) {
      case Literal(String level) -> LevelPool.shared(level);
      case Single _ -> TopicNode.SINGLE;
      case Multi _ -> TopicNode.MULTI;
    };
  }

  private static String[] characters(String text) {
    String[] characters = new String[text.length()];
    for (int i = 0; i < characters.length; i++) {
      characters[i] = LevelPool.shared(String.valueOf(text.charAt(i)));
    }
    return characters;
  }

  // ---- change, without recursion: a filter may have as many levels as a topic has bytes

  private static TopicNode with(
      @Nullable TopicNode root, Object[] steps, Object value, boolean[] added) {
    List<Branch> path = new ArrayList<>();
    TopicNode at = descend(root, steps, path);
    int depth = path.size();
    TopicNode changed =
        switch (at) {
          case null -> Tail.of(steps, depth, Values.with(null, value, added));
          case Branch branch -> branch.withValues(Values.with(branch.values(), value, added));
          case Tail tail ->
              tail.isSame(steps, depth)
                  ? new Tail(tail.rest(), Values.with(tail.values(), value, added))
                  : tail.parting(steps, depth, value, added);
        };
    for (int i = depth - 1; i >= 0; i--) {
      changed = path.get(i).with(steps[i], changed);
    }
    return changed;
  }

  /** Follows the steps through branches, which it notes, and answers where that ends. */
  private static @Nullable TopicNode descend(
      @Nullable TopicNode root, Object[] steps, List<Branch> path) {
    TopicNode at = root;
    while (at instanceof Branch branch && path.size() < steps.length) {
      at = branch.child(steps[path.size()]);
      path.add(branch);
    }
    return at;
  }

  /** The root without the value; the same root when it was not there, null when nothing is left. */
  private static @Nullable TopicNode without(TopicNode root, Object[] steps, Object value) {
    List<Branch> path = new ArrayList<>();
    TopicNode at = descend(root, steps, path);
    int depth = path.size();
    if (at == null || (at instanceof Tail tail && !tail.isSame(steps, depth))) {
      return root;
    }
    Object left = Values.without(at.values(), value);
    if (left == at.values()) {
      return root;
    }
    TopicNode changed =
        switch (at) {
          case Branch branch -> compressed(branch.withValues(left), path, steps);
          case Tail(Object[] rest, _) -> left == null ? null : new Tail(rest, left);
        };
    while (!path.isEmpty()) {
      Branch parent = path.removeLast();
      Object step = steps[path.size()];
      changed =
          changed == null
              ? compressed(parent.without(step), path, steps)
              : parent.with(step, changed);
    }
    return changed;
  }

  /**
   * Turns a branch that has only one filter left below it into that filter's tail, together with
   * the branches of {@code path} that led nowhere else, which it takes off.
   */
  private static TopicNode compressed(Branch branch, List<Branch> path, Object[] steps) {
    Tail only = branch.onlyTail();
    if (only == null) {
      return branch;
    }
    int to = path.size();
    while (!path.isEmpty() && path.getLast().leadsNowhereElse()) {
      path.removeLast();
    }
    return only.behind(steps, path.size(), to);
  }
}
