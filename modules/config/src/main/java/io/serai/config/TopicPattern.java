package io.serai.config;

import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The topic filter of a rule: wildcards of its spelling and named captures. {@code {line}} is one
 * level, {@code {rest#}} any number of levels; a brace that is meant itself is doubled.
 *
 * @param text as written
 * @param levels in order; literals are still in the escapes of {@code spelling}
 */
public record TopicPattern(String text, TopicSpelling spelling, List<LevelPattern> levels) {

  /** One level of a filter. */
  public sealed interface LevelPattern {}

  /** Exactly this level, in the filter's spelling. */
  public record Literal(String text) implements LevelPattern {}

  /** Exactly one level; {@code name} is empty for a plain wildcard. */
  public record One(String name) implements LevelPattern {}

  /** Zero or more levels; {@code name} is empty for a plain {@code #}. */
  public record Many(String name) implements LevelPattern {}

  private static final Pattern CAPTURE = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_-]*)(#?)}");

  public TopicPattern {
    levels = List.copyOf(levels);
  }

  /** The wildcards and captures, in order: the first is {@code {1}} in a template. */
  public List<LevelPattern> wildcards() {
    return levels.stream().filter(level -> !(level instanceof Literal)).toList();
  }

  /**
   * Which of {@link #wildcards} a template's {@code {name}} or {@code {1}} means.
   *
   * @return its index from 0, or -1 when there is none
   */
  public int wildcardIndex(String reference) {
    List<LevelPattern> wildcards = wildcards();
    if (reference.matches("[0-9]{1,4}")) {
      int position = Integer.parseInt(reference);
      return position >= 1 && position <= wildcards.size() ? position - 1 : -1;
    }
    for (int i = 0; i < wildcards.size(); i++) {
      if (nameOf(wildcards.get(i)).equals(reference)) {
        return i;
      }
    }
    return -1;
  }

  /** The names that templates may use, in order. */
  List<String> captureNames() {
    return levels.stream().map(TopicPattern::nameOf).filter(name -> !name.isEmpty()).toList();
  }

  private static String nameOf(LevelPattern level) {
    return switch (level) {
      case One(String name) -> name;
      case Many(String name) -> name;
      case Literal _ -> "";
    };
  }

  /** The key type of filters in one spelling. */
  record Type(TopicSpelling spelling) implements KeyType<TopicPattern> {
    @Override
    public Reading<TopicPattern> read(ConfigValue value, ReadContext context) {
      return PlainTypes.isScalar(value) ? parse(PlainTypes.text(value), spelling) : expected(value);
    }

    @Override
    public String allowed() {
      return switch (spelling) {
        case SLASH -> "a topic filter in MQTT spelling: plant/+/temp, plant/{line}/temp, plant/#";
        case DOT -> "a topic filter in AMQP spelling: plant.*.temp, plant.{line}.temp, plant.#";
      };
    }
  }

  /** Reads a filter; what is wrong with it comes back as the other outcome. */
  static KeyType.Reading<TopicPattern> parse(String text, TopicSpelling spelling) {
    if (text.isEmpty() && spelling == TopicSpelling.SLASH) {
      return new KeyType.Bad<>("the topic filter is empty", "every topic is \"#\"");
    }
    List<LevelPattern> levels = new ArrayList<>();
    List<String> names = new ArrayList<>();
    String[] parts = spelling.split(text);
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      Matcher capture = CAPTURE.matcher(part);
      LevelPattern level;
      if (capture.matches()) {
        String name = capture.group(1);
        if (names.contains(name)) {
          return bad(text, "the capture {" + name + "} stands twice", "give each its own name");
        }
        names.add(name);
        level = capture.group(2).isEmpty() ? new One(name) : new Many(name);
      } else if (part.equals("#")) {
        level = new Many("");
      } else if (part.equals(String.valueOf(spelling.wildcard()))) {
        level = new One("");
      } else {
        if (part.indexOf('#') >= 0 || part.indexOf(spelling.wildcard()) >= 0) {
          return bad(
              text, "a wildcard must be a whole level, not part of " + Found.quoted(part), "");
        }
        String braces = part.replace("{{", "").replace("}}", "");
        if (braces.indexOf('{') >= 0 || braces.indexOf('}') >= 0) {
          return bad(
              text,
              "a capture must be a whole level such as {line}, found " + Found.quoted(part),
              "a brace that is meant itself is written twice");
        }
        level = new Literal(part.replace("{{", "{").replace("}}", "}"));
      }
      if (level instanceof Many && i < parts.length - 1 && spelling == TopicSpelling.SLASH) {
        return bad(
            text,
            part + " must be the last level of an MQTT filter",
            "in AMQP spelling (key = \"a.#.b\") it may stand anywhere");
      }
      levels.add(level);
    }
    return new KeyType.Good<>(new TopicPattern(text, spelling, levels));
  }

  private static KeyType.Reading<TopicPattern> bad(String text, String message, String hint) {
    return new KeyType.Bad<>("in the filter " + Found.quoted(text) + " " + message, hint);
  }
}
