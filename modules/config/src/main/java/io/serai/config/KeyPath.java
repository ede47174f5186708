package io.serai.config;

import com.typesafe.config.ConfigUtil;
import org.jspecify.annotations.Nullable;

/**
 * The full name of a value: {@code vhosts."/".rules[2].to.exchange}. Knows the path above it and is
 * spelled out only when somebody asks, because a large configuration has a hundred thousand.
 */
final class KeyPath {
  static final KeyPath ROOT = new KeyPath(null, "", false);

  private final @Nullable KeyPath parent;
  private final String step;
  private final boolean isIndex;
  private @Nullable String text;

  private KeyPath(@Nullable KeyPath parent, String step, boolean isIndex) {
    this.parent = parent;
    this.step = step;
    this.isIndex = isIndex;
  }

  KeyPath then(String name) {
    return new KeyPath(this, name, false);
  }

  KeyPath at(int index) {
    return new KeyPath(this, "[" + index + "]", true);
  }

  /** The last step, unquoted. */
  String name() {
    return step;
  }

  @Override
  public String toString() {
    String known = text;
    if (known == null) {
      String above = parent == null ? "" : parent.toString();
      known = isIndex ? above + step : above.isEmpty() ? spelled() : above + "." + spelled();
      text = known;
    }
    return known;
  }

  private String spelled() {
    return parent == null ? "" : quoted(step);
  }

  /** The name as it must be written in a file. */
  static String quoted(String name) {
    return isPlain(name) ? name : ConfigUtil.quoteString(name);
  }

  private static boolean isPlain(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!Character.isLetterOrDigit(c) && c != '-' && c != '_') {
        return false;
      }
    }
    return !name.isEmpty();
  }
}
