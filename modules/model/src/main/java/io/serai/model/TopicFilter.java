package io.serai.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A compiled topic filter. MQTT filters, AMQP topic binding keys and WAMP wildcard subscriptions
 * all become {@link Levels}; WAMP's prefix match, which is by string and not by level, is {@link
 * Prefix}.
 */
public sealed interface TopicFilter {

  /** Whether {@code topic} passes this filter. The topic index answers the same in bulk. */
  boolean matches(Topic topic);

  /**
   * How {@code wanted} writes this filter, its wildcards included. A {@link Prefix} is written with
   * a final {@code #} joined to its text, which no other filter is.
   */
  String spelled(Spelling wanted);

  /** One step of a {@link Levels} filter. */
  sealed interface Step {}

  /** Exactly this level, unescaped. */
  record Literal(String level) implements Step {}

  /** Exactly one level, whatever it is ({@code +} in MQTT, {@code *} in AMQP). */
  enum Single implements Step {
    SINGLE
  }

  /** Zero or more levels ({@code #}). */
  enum Multi implements Step {
    MULTI
  }

  /**
   * A filter over levels.
   *
   * @param steps in order; AMQP allows {@link Multi} anywhere and repeatedly, MQTT only at the end
   * @param hidesDollar true for MQTT: a leading wildcard does not match a topic whose first level
   *     starts with {@code $} (MQTT 5.0 §4.7.2)
   */
  record Levels(List<Step> steps, boolean hidesDollar) implements TopicFilter {
    public Levels {
      steps = List.copyOf(steps);
    }

    /** Whether the filter holds no wildcard, so that it equals one topic. */
    public boolean isLiteral() {
      return steps.stream().allMatch(Literal.class::isInstance);
    }

    @Override
    public boolean matches(Topic topic) {
      if (hidesDollar
          && topic.levelCount() > 0
          && topic.level(0).startsWith("$")
          && !steps.isEmpty()
          && !(steps.getFirst() instanceof Literal)) {
        return false;
      }
      return matches(topic.levelsShared());
    }

    @Override
    public String spelled(Spelling wanted) {
      StringBuilder out = new StringBuilder();
      for (int i = 0; i < steps.size(); i++) {
        if (i > 0) {
          out.append(wanted.separator());
        }
        switch (steps.get(i)) {
          case Literal(String level) -> LevelEscapes.spell(level, wanted, out);
          case Single _ -> out.append(wanted.singleWildcard());
          case Multi _ -> out.append(Spelling.MULTI);
        }
      }
      return out.toString();
    }

    // Only the last # met may have to take more levels: what an earlier one could take as well
    // changes nothing. So no recursion, and at most levels times steps comparisons, whatever a peer
    // sends.
    private boolean matches(String[] levels) {
      int level = 0;
      int step = 0;
      int afterMulti = -1;
      int multiFrom = 0;
      while (level < levels.length || step < steps.size()) {
        if (step < steps.size() && steps.get(step) == Multi.MULTI) {
          afterMulti = ++step;
          multiFrom = level;
        } else if (step < steps.size()
            && level < levels.length
            && takes(steps.get(step), levels[level])) {
          step++;
          level++;
        } else if (afterMulti >= 0 && multiFrom < levels.length) {
          level = ++multiFrom;
          step = afterMulti;
        } else {
          return false;
        }
      }
      return true;
    }

    private static boolean takes(Step step, String level) {
      return !(step instanceof Literal(String wanted)) || wanted.equals(level);
    }
  }

  /** Topics whose dotted spelling starts with {@code text} (WAMP "prefix" match policy). */
  record Prefix(String text) implements TopicFilter {
    @Override
    public boolean matches(Topic topic) {
      return topic.spelled(Spelling.DOT).startsWith(text);
    }

    @Override
    public String spelled(Spelling wanted) {
      return Topic.of(text, Spelling.DOT).spelled(wanted) + Spelling.MULTI;
    }
  }

  /**
   * Compiles an AMQP topic binding key: {@code *} is one level, {@code #} zero or more, anywhere
   * (RabbitMQ topic exchange). The empty key matches only the empty topic.
   */
  static Levels ofAmqp(String bindingKey) {
    return compile(bindingKey, Spelling.DOT, false);
  }

  /**
   * Whether a text is an MQTT topic filter (MQTT 5.0 §4.7): not empty, wildcards alone in their
   * level, and {@code #} at the end only.
   */
  static boolean isMqtt(String filter) {
    if (filter.isEmpty()) {
      return false;
    }
    for (int i = 0; i < filter.length(); i++) {
      char c = filter.charAt(i);
      if (c != '+' && c != '#') {
        continue;
      }
      boolean startsLevel = i == 0 || filter.charAt(i - 1) == '/';
      boolean endsFilter = i == filter.length() - 1;
      boolean endsLevel = endsFilter || filter.charAt(i + 1) == '/';
      if (!startsLevel || !(c == '#' ? endsFilter : endsLevel)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Compiles an MQTT topic filter, which {@link #isMqtt} says it is: {@code +} is one level, a
   * final {@code #} zero or more.
   */
  static Levels ofMqtt(String filter) {
    return compile(filter, Spelling.SLASH, true);
  }

  /** The filter that matches exactly {@code topic}. */
  static Levels exactly(Topic topic) {
    List<Step> steps = new ArrayList<>(topic.levelCount());
    for (String level : topic.levelsShared()) {
      steps.add(new Literal(level));
    }
    return new Levels(steps, false);
  }

  private static Levels compile(String text, Spelling spelling, boolean hidesDollar) {
    List<Step> steps = new ArrayList<>();
    if (!text.isEmpty()) {
      int from = 0;
      while (true) {
        int to = text.indexOf(spelling.separator(), from);
        int end = to < 0 ? text.length() : to;
        steps.add(step(text, from, end, spelling));
        if (to < 0) {
          break;
        }
        from = to + 1;
      }
    }
    return new Levels(steps, hidesDollar);
  }

  private static Step step(String text, int from, int to, Spelling spelling) {
    if (to - from == 1) {
      char only = text.charAt(from);
      if (only == spelling.singleWildcard()) {
        return Single.SINGLE;
      }
      if (only == Spelling.MULTI) {
        return Multi.MULTI;
      }
    }
    return new Literal(LevelEscapes.read(text, from, to, spelling));
  }
}
