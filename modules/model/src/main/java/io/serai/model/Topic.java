package io.serai.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A routing topic: a list of levels. {@code plant/1/temp} published over MQTT and {@code
 * plant.1.temp} published over AMQP are the same topic; {@code a.b/c} has the two levels {@code
 * a.b} and {@code c} for everyone.
 *
 * <p>The publisher's own spelling is kept and handed back byte for byte to consumers of the same
 * spelling; the other spelling is derived on first use with {@link LevelEscapes}. The empty string
 * has no levels; otherwise there is one level more than there are separators, empty ones included.
 *
 * <p>Immutable; equality is by levels. Derived fields are filled by benign races.
 */
public final class Topic {
  private static final String[] NO_LEVELS = {};

  /** The topic with no levels, spelled as the empty string. */
  public static final Topic EMPTY = new Topic("", Spelling.DOT);

  private final String text;
  private final Spelling spelling;
  private String @Nullable [] levels;
  private @Nullable String otherText;
  private byte @Nullable [] utf8;
  private byte @Nullable [] otherUtf8;
  private int hash;

  private Topic(String text, Spelling spelling) {
    this.text = text;
    this.spelling = spelling;
  }

  /** The topic that {@code text} spells. Any string is a topic in either spelling. */
  public static Topic of(String text, Spelling spelling) {
    return text.isEmpty() ? EMPTY : new Topic(text, spelling);
  }

  /** The topic with exactly these levels. */
  public static Topic ofLevels(List<String> levels, Spelling spelling) {
    String[] copy = levels.toArray(String[]::new);
    Topic topic = new Topic(spell(copy, spelling), spelling);
    topic.levels = copy;
    return topic;
  }

  /**
   * How {@code wanted} writes this topic: the publisher's own text when it is the same spelling.
   */
  public String spelled(Spelling wanted) {
    if (wanted == spelling || text.isEmpty()) {
      return text;
    }
    String other = otherText;
    if (other == null) {
      other = spell(levels(), wanted);
      otherText = other;
    }
    return other;
  }

  /**
   * {@link #spelled} as UTF-8, encoded once however many consumers there are. Callers must not
   * write to the array.
   */
  public byte[] utf8(Spelling wanted) {
    byte[] known = wanted == spelling ? utf8 : otherUtf8;
    if (known == null) {
      known = spelled(wanted).getBytes(StandardCharsets.UTF_8);
      if (wanted == spelling) {
        utf8 = known;
      } else {
        otherUtf8 = known;
      }
    }
    return known;
  }

  /** The spelling the publisher used. */
  public Spelling ownSpelling() {
    return spelling;
  }

  /** Number of levels; 0 only for the empty topic. */
  public int levelCount() {
    return levels().length;
  }

  /** The level at {@code index}, unescaped. */
  public String level(int index) {
    return levels()[index];
  }

  /** All levels, unescaped; an unmodifiable view. */
  public List<String> levelList() {
    return List.of(levels());
  }

  /** The levels themselves, for the topic index. Callers must not write to the array. */
  public String[] levelsShared() {
    return levels();
  }

  private String[] levels() {
    String[] known = levels;
    if (known == null) {
      known = split(text, spelling);
      levels = known;
    }
    return known;
  }

  static String[] split(String text, Spelling spelling) {
    if (text.isEmpty()) {
      return NO_LEVELS;
    }
    int count = 1;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == spelling.separator()) {
        count++;
      }
    }
    String[] levels = new String[count];
    int from = 0;
    for (int n = 0; n < count; n++) {
      int to = n == count - 1 ? text.length() : text.indexOf(spelling.separator(), from);
      levels[n] = LevelEscapes.read(text, from, to, spelling);
      from = to + 1;
    }
    return levels;
  }

  private static String spell(String[] levels, Spelling spelling) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < levels.length; i++) {
      if (i > 0) {
        out.append(spelling.separator());
      }
      LevelEscapes.spell(levels[i], spelling, out);
    }
    return out.toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Topic that)) {
      return false;
    }
    if (spelling == that.spelling && text.equals(that.text)) {
      return true;
    }
    return hashCode() == that.hashCode() && Arrays.equals(levels(), that.levels());
  }

  @Override
  public int hashCode() {
    int known = hash;
    if (known == 0) {
      known = Arrays.hashCode(levels());
      hash = known;
    }
    return known;
  }

  /** The topic as its publisher spelled it. */
  @Override
  public String toString() {
    return text;
  }
}
