package io.serai.config;

import io.serai.config.TopicPattern.LevelPattern;
import io.serai.config.TopicPattern.Literal;
import io.serai.config.TopicPattern.Many;
import io.serai.config.TopicPattern.One;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds, among filters of one spelling, those that let through everything another filter does. A
 * tree by level, so that the work grows with the levels of a filter and not with their number.
 */
final class CoverIndex<V> {
  private static final class Node<V> {
    final Map<String, Node<V>> literals = new HashMap<>();
    final List<V> values = new ArrayList<>();
    @Nullable Node<V> one;
    @Nullable Node<V> many;
  }

  private final Node<V> root = new Node<>();
  private final TopicSpelling spelling;

  CoverIndex(TopicSpelling spelling) {
    this.spelling = spelling;
  }

  void add(TopicPattern filter, V value) {
    Node<V> node = root;
    for (LevelPattern level : filter.levels()) {
      node = child(node, level);
    }
    node.values.add(value);
  }

  private static <V> Node<V> child(Node<V> node, LevelPattern level) {
    return switch (level) {
      case Literal(String text) -> node.literals.computeIfAbsent(text, _ -> new Node<>());
      case One _ -> {
        Node<V> one = node.one == null ? new Node<>() : node.one;
        node.one = one;
        yield one;
      }
      case Many _ -> {
        Node<V> many = node.many == null ? new Node<>() : node.many;
        node.many = many;
        yield many;
      }
    };
  }

  /** A value whose filter covers {@code narrow} and that {@code fits}. */
  Optional<V> covering(TopicPattern narrow, Predicate<V> fits) {
    return Optional.ofNullable(find(root, narrow.levels(), 0, fits));
  }

  private @Nullable V find(
      @Nullable Node<V> node, List<LevelPattern> levels, int at, Predicate<V> fits) {
    if (node == null) {
      return null;
    }
    V found = findBehindMany(node, levels, at, fits);
    if (found != null) {
      return found;
    }
    if (at == levels.size()) {
      return node.values.stream().filter(fits).findFirst().orElse(null);
    }
    return switch (levels.get(at)) {
      case Literal(String text) -> {
        V same = find(node.literals.get(text), levels, at + 1, fits);
        yield same != null || isHidden(text, at) ? same : find(node.one, levels, at + 1, fits);
      }
      case One _ -> find(node.one, levels, at + 1, fits);
      case Many _ -> null; // only another # lets all of these through
    };
  }

  /** A # takes none, one or more of the levels left. */
  private @Nullable V findBehindMany(
      Node<V> node, List<LevelPattern> levels, int at, Predicate<V> fits) {
    boolean isHidden =
        at < levels.size() && levels.get(at) instanceof Literal(String text) && isHidden(text, at);
    if (node.many == null || isHidden) {
      return null;
    }
    for (int next = at; next <= levels.size(); next++) {
      V found = find(node.many, levels, next, fits);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** MQTT's leading wildcards do not match a first level such as $SYS (MQTT 5.0 §4.7.2). */
  private boolean isHidden(String level, int at) {
    return spelling == TopicSpelling.SLASH && at == 0 && level.startsWith("$");
  }
}
