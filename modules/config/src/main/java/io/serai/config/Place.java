package io.serai.config;

import com.typesafe.config.ConfigOrigin;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where something was said: a file and line, or a source without lines such as an environment
 * variable.
 *
 * @param source absolute file name, {@code built-in serai.conf}, {@code --set} or {@code
 *     environment variable NAME}
 * @param line 1 for the first line, 0 when the source has none
 */
public record Place(String source, int line) implements Comparable<Place> {
  static final String BUILT_IN = "built-in ";
  static final String COMMAND_LINE = "--set";
  private static final Pattern FIRST_LINE = Pattern.compile("(.*?): (\\d+)(?:-\\d+)?(?=,|$)");
  private static final String MERGED = "merge of ";

  /** The place of a value of the HOCON library; of several merged ones the strongest layer's. */
  static Place of(ConfigOrigin origin) {
    String text = origin.description();
    if (text.startsWith(MERGED)) {
      text = text.substring(MERGED.length());
      Matcher first = FIRST_LINE.matcher(text);
      if (first.lookingAt()) {
        return new Place(first.group(1), Integer.parseInt(first.group(2)));
      }
      int comma = text.indexOf(',');
      return new Place(comma < 0 ? text : text.substring(0, comma), 0);
    }
    if (text.startsWith(COMMAND_LINE)) {
      return new Place(COMMAND_LINE, 0);
    }
    int line = origin.lineNumber();
    // The library writes "file: 7" or "file: 7-9".
    int end = line > 0 ? text.lastIndexOf(": " + line) : -1;
    return end < 0 ? new Place(text, 0) : new Place(text.substring(0, end), line);
  }

  /** Whether this comes from the defaults inside the jar and not from the user. */
  boolean isBuiltIn() {
    return source.startsWith(BUILT_IN);
  }

  @Override
  public int compareTo(Place other) {
    return Comparator.comparing(Place::source).thenComparingInt(Place::line).compare(this, other);
  }

  @Override
  public String toString() {
    return line > 0 ? source + ":" + line : source;
  }
}
