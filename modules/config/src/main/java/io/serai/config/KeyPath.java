package io.serai.config;

import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.List;

/**
 * The full name of a value: {@code vhosts."/".rules[2].to.exchange}.
 *
 * @param steps key names as they are (unquoted) and list positions written {@code [2]}
 */
record KeyPath(List<String> steps) {
  static final KeyPath ROOT = new KeyPath(List.of());

  KeyPath {
    steps = List.copyOf(steps);
  }

  KeyPath then(String name) {
    List<String> longer = new ArrayList<>(steps);
    longer.add(name);
    return new KeyPath(longer);
  }

  KeyPath at(int index) {
    return then("[" + index + "]");
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String step : steps) {
      if (step.startsWith("[") && step.endsWith("]")) {
        text.append(step);
      } else {
        text.append(text.isEmpty() ? "" : ".").append(quoted(step));
      }
    }
    return text.toString();
  }

  /** The name as it must be written in a file. */
  static String quoted(String name) {
    boolean isPlain =
        !name.isEmpty()
            && name.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '_');
    return isPlain ? name : ConfigUtil.quoteString(name);
  }
}
