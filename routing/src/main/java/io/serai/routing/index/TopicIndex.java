package io.serai.routing.index;

import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.serai.model.TopicFilter.Levels;
import io.serai.model.TopicFilter.Literal;
import io.serai.model.TopicFilter.Prefix;
import io.serai.model.TopicFilter.Step;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable index from topic filters to values: a trie over levels for AMQP and MQTT filters, a
 * trie over characters for WAMP prefixes. Adding and removing copy one path; matching follows only
 * the branches that can match, so its cost depends on the topic and the matches, not on how many
 * filters there are.
 *
 * @param <V> values; equal values under one filter are one
 */
public final class TopicIndex<V> {
  private static final TopicIndex<?> EMPTY = new TopicIndex<>(TopicNode.EMPTY, null, 0);

  private final TopicNode levels;

  /** Prefix filters, one level per character; null while there are none. */
  private final @Nullable TopicNode prefixes;

  private final int size;

  private TopicIndex(TopicNode levels, @Nullable TopicNode prefixes, int size) {
    this.levels = levels;
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

  /** An index in which {@code filter} leads to {@code value}, in place of an equal value. */
  public TopicIndex<V> with(TopicFilter filter, V value) {
    boolean[] added = new boolean[1];
    return switch (filter) {
      case Levels(List<Step> steps, boolean hidesDollar) -> {
        TopicNode changed = levels.with(steps, 0, hidesDollar, value, added);
        yield new TopicIndex<>(changed, prefixes, size + (added[0] ? 1 : 0));
      }
      case Prefix(String text) -> {
        TopicNode root = prefixes == null ? TopicNode.EMPTY : prefixes;
        TopicNode changed = root.with(characters(text), 0, false, value, added);
        yield new TopicIndex<>(levels, changed, size + (added[0] ? 1 : 0));
      }
    };
  }

  /** An index in which {@code filter} does not lead to {@code value}. */
  public TopicIndex<V> without(TopicFilter filter, V value) {
    return switch (filter) {
      case Levels(List<Step> steps, boolean hidesDollar) -> {
        TopicNode changed = levels.without(steps, 0, hidesDollar, value);
        yield changed == levels
            ? this
            : new TopicIndex<>(changed == null ? TopicNode.EMPTY : changed, prefixes, size - 1);
      }
      case Prefix(String text) -> {
        if (prefixes == null) {
          yield this;
        }
        TopicNode changed = prefixes.without(characters(text), 0, false, value);
        yield changed == prefixes ? this : new TopicIndex<>(levels, changed, size - 1);
      }
    };
  }

  /**
   * Hands over every value whose filter {@code topic} passes. A value may come more than once when
   * a filter with several {@code #} matches in several ways.
   */
  @SuppressWarnings("unchecked") // only with() adds values
  public void match(Topic topic, Consumer<? super V> matches) {
    Consumer<Object> out = (Consumer<Object>) (Consumer<?>) matches;
    String[] path = topic.levelsShared();
    levels.match(path, 0, path.length > 0 && path[0].startsWith("$"), false, out);
    TopicNode byPrefix = prefixes;
    if (byPrefix != null) {
      String text = topic.spelled(Spelling.DOT);
      TopicNode node = byPrefix;
      node.emit(false, out);
      for (int i = 0; i < text.length(); i++) {
        node = node.child(String.valueOf(text.charAt(i)));
        if (node == null) {
          break;
        }
        node.emit(false, out);
      }
    }
  }

  private static List<Step> characters(String text) {
    return text.chars().mapToObj(c -> (Step) new Literal(String.valueOf((char) c))).toList();
  }
}
