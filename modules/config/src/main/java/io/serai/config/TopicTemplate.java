package io.serai.config;

import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The topic a rule publishes under, built from what its filter captured: {@code temp.{line}}. A
 * capture keeps being whole levels: a level that holds the separator is escaped, not split.
 *
 * @param text as written
 * @param levels the parts of each level, in order
 */
public record TopicTemplate(String text, TopicSpelling spelling, List<List<Part>> levels) {

  /** A piece of a level. */
  public sealed interface Part {}

  /** Fixed text, in the template's spelling. */
  public record Fixed(String text) implements Part {}

  /**
   * What a wildcard of the filter matched.
   *
   * @param reference a capture's name, or the wildcard's position from 1; see {@link
   *     TopicPattern#wildcardIndex}
   */
  public record Captured(String reference) implements Part {}

  private static final Pattern PART =
      Pattern.compile("\\{\\{|}}|\\{([A-Za-z_][A-Za-z0-9_-]*|[0-9]{1,4})}|[^{}]+");

  public TopicTemplate {
    levels = levels.stream().map(List::copyOf).toList();
  }

  /** Every capture the template uses, in order. */
  public List<Captured> captured() {
    List<Captured> captured = new ArrayList<>();
    for (List<Part> parts : levels) {
      for (Part part : parts) {
        if (part instanceof Captured capture) {
          captured.add(capture);
        }
      }
    }
    return captured;
  }

  /** Whether {@code capture} is a whole level, as one of several levels has to be. */
  boolean isWholeLevel(Captured capture) {
    return levels.stream().noneMatch(parts -> parts.size() > 1 && parts.contains(capture));
  }

  /** The key type of templates in one spelling. */
  record Type(TopicSpelling spelling) implements KeyType<TopicTemplate> {
    @Override
    public Reading<TopicTemplate> read(ConfigValue value, ReadContext context) {
      return PlainTypes.isScalar(value) ? parse(PlainTypes.text(value), spelling) : expected(value);
    }

    @Override
    public String allowed() {
      return switch (spelling) {
        case SLASH -> "a topic with captures in MQTT spelling: temp/{line}";
        case DOT -> "a routing key with captures in AMQP spelling: temp.{line}";
      };
    }
  }

  static KeyType.Reading<TopicTemplate> parse(String text, TopicSpelling spelling) {
    List<List<Part>> levels = new ArrayList<>();
    for (String level : spelling.split(text)) {
      if (isWildcard(level, spelling)) {
        return new KeyType.Bad<>(
            "a topic to publish under has no wildcard, found " + Found.quoted(text),
            "repeat what the filter matched with {name} or {1}");
      }
      List<Part> parts = new ArrayList<>();
      Matcher part = PART.matcher(level);
      int end = 0;
      while (end < level.length() && part.find(end) && part.start() == end) {
        add(parts, part);
        end = part.end();
      }
      if (end < level.length()) {
        return new KeyType.Bad<>(
            "unreadable capture in " + Found.quoted(text),
            "write {name} or {1}; a brace that is meant itself is written twice");
      }
      levels.add(parts);
    }
    return new KeyType.Good<>(new TopicTemplate(text, spelling, levels));
  }

  private static boolean isWildcard(String level, TopicSpelling spelling) {
    return switch (spelling) {
      case SLASH -> level.indexOf('#') >= 0 || level.indexOf('+') >= 0;
      case DOT -> level.equals("#") || level.equals("*");
    };
  }

  private static void add(List<Part> parts, Matcher found) {
    if (found.group(1) != null) {
      parts.add(new Captured(found.group(1)));
      return;
    }
    String fixed =
        switch (found.group()) {
          case "{{" -> "{";
          case "}}" -> "}";
          case String text -> text;
        };
    if (!parts.isEmpty() && parts.getLast() instanceof Fixed(String before)) {
      parts.set(parts.size() - 1, new Fixed(before + fixed));
    } else {
      parts.add(new Fixed(fixed));
    }
  }
}
