package io.serai.config;

import com.typesafe.config.ConfigValue;
import java.util.regex.Pattern;

/** MQTT filters and their priorities, as EMQX has written them: {@code alarms/#=9, status/+=2}. */
record TopicPrioritiesType() implements KeyType<String> {
  private static final int MOST = 100;
  private static final Pattern LEVELS =
      Pattern.compile("(\\+|[^+#,/]*)(/(\\+|[^+#,/]*))*(/#)?|#", Pattern.DOTALL);
  private static final Pattern PRIORITY =
      Pattern.compile("[1-9]|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5]");

  @Override
  public Reading<String> read(ConfigValue value, ReadContext context) {
    if (!PlainTypes.isScalar(value)) {
      return expected(value);
    }
    String text = PlainTypes.text(value);
    if (text.isBlank()) {
      return new Good<>("");
    }
    String[] all = text.split(",", -1);
    for (String one : all) {
      int equals = one.lastIndexOf('=');
      String filter = equals < 0 ? "" : one.substring(0, equals).strip();
      if (filter.isEmpty()
          || !LEVELS.matcher(filter).matches()
          || !PRIORITY.matcher(one.substring(equals + 1).strip()).matches()) {
        return new Bad<>(
            "expected " + allowed() + ", found " + Found.quoted(one.strip()) + " among them", "");
      }
    }
    return all.length > MOST ? expected(value) : new Good<>(text);
  }

  @Override
  public String allowed() {
    return "at most " + MOST + " of filter=priority with commas between, priorities 1 to 255";
  }
}
