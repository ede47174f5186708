package io.serai.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Key types for flags, numbers, words and texts. */
final class PlainTypes {
  private PlainTypes() {}

  /** HOCON's scalar as text; numbers and booleans convert, as the HOCON specification says. */
  static boolean isScalar(ConfigValue value) {
    return switch (value.valueType()) {
      case STRING, NUMBER, BOOLEAN -> true;
      case LIST, OBJECT, NULL -> false;
    };
  }

  static String text(ConfigValue value) {
    return String.valueOf(value.unwrapped());
  }

  /** {@code true} or {@code false}, also yes, no, on, off. */
  record Flag() implements KeyType<Boolean> {
    @Override
    public Reading<Boolean> read(ConfigValue value, ReadContext context) {
      if (!isScalar(value)) {
        return expected(value);
      }
      return switch (text(value).toLowerCase(Locale.ROOT)) {
        case "true", "yes", "on" -> new Good<>(true);
        case "false", "no", "off" -> new Good<>(false);
        default -> expected(value);
      };
    }

    @Override
    public String allowed() {
      return "true or false";
    }
  }

  /** A whole number, both bounds included. */
  record Whole(int min, int max) implements KeyType<Integer> {
    @Override
    public Reading<Integer> read(ConfigValue value, ReadContext context) {
      if (!isScalar(value) || !text(value).matches("[+-]?\\d{1,18}")) {
        return expected(value);
      }
      long number = Long.parseLong(text(value));
      return number < min || number > max ? expected(value) : new Good<>((int) number);
    }

    @Override
    public String allowed() {
      return "a whole number from " + min + " to " + max;
    }
  }

  /** A number such as 0.6, both bounds included. */
  record Fraction(double min, double max) implements KeyType<Double> {
    @Override
    public Reading<Double> read(ConfigValue value, ReadContext context) {
      if (!isScalar(value) || !text(value).matches("\\d{1,9}(\\.\\d{1,9})?")) {
        return expected(value);
      }
      double number = Double.parseDouble(text(value));
      return number < min || number > max ? expected(value) : new Good<>(number);
    }

    @Override
    public String allowed() {
      return "a number from " + min + " to " + max;
    }
  }

  /** One word of a fixed set, each standing for a value. */
  record Choice<T>(Map<String, T> words) implements KeyType<T> {
    static <E extends Enum<E>> Choice<E> of(Class<E> type) {
      Map<String, E> words = new LinkedHashMap<>();
      for (E value : type.getEnumConstants()) {
        words.put(value.name().toLowerCase(Locale.ROOT).replace('_', '-'), value);
      }
      return new Choice<>(words);
    }

    @Override
    public Reading<T> read(ConfigValue value, ReadContext context) {
      if (!isScalar(value)) {
        return expected(value);
      }
      String word =
          switch (value.unwrapped()) {
            case Boolean isOn -> isOn ? "on" : "off"; // one of HOCON's words for true and false
            default -> text(value).toLowerCase(Locale.ROOT);
          };
      T chosen = words.get(word);
      if (chosen != null) {
        return new Good<>(chosen);
      }
      String close = Suggestions.closest(text(value), words.keySet());
      return new Bad<>(
          "expected " + allowed() + ", found " + Found.describe(value),
          close.isEmpty() ? "" : "did you mean \"" + close + "\"?");
    }

    @Override
    public String allowed() {
      return "one of " + String.join(", ", words.keySet());
    }
  }

  /** A text; {@code maxBytes} counts its UTF-8 form. */
  record Text(int minBytes, int maxBytes) implements KeyType<String> {
    @Override
    public Reading<String> read(ConfigValue value, ReadContext context) {
      if (!isScalar(value)) {
        return expected(value);
      }
      String text = text(value);
      int bytes = text.getBytes(StandardCharsets.UTF_8).length;
      if (bytes < minBytes || bytes > maxBytes) {
        return new Bad<>(
            "expected " + allowed() + ", found " + bytes + " bytes: " + Found.quoted(text), "");
      }
      return new Good<>(text);
    }

    @Override
    public String allowed() {
      return minBytes == 0
          ? "a text of at most " + maxBytes + " bytes"
          : "a text of " + minBytes + " to " + maxBytes + " bytes";
    }
  }

  /** A list of texts, or one text for a list of one. */
  record Texts(String what) implements KeyType<List<String>> {
    @Override
    public Reading<List<String>> read(ConfigValue value, ReadContext context) {
      if (isScalar(value)) {
        return new Good<>(List.of(text(value)));
      }
      if (!(value instanceof ConfigList list)) {
        return expected(value);
      }
      List<String> texts = new ArrayList<>();
      for (ConfigValue element : list) {
        if (!isScalar(element)) {
          return new Bad<>(
              "expected " + allowed() + ", found " + Found.describe(element) + " in the list", "");
        }
        texts.add(text(element));
      }
      return new Good<>(List.copyOf(texts));
    }

    @Override
    public String allowed() {
      return what + ", or a list of them";
    }
  }

  /**
   * A regular expression of java.util.regex.
   *
   * @param placeholders texts in it that are filled in for each connection
   */
  record Regex(Set<String> placeholders) implements KeyType<String> {
    @Override
    public Reading<String> read(ConfigValue value, ReadContext context) {
      if (!isScalar(value)) {
        return expected(value);
      }
      String filled = text(value);
      for (String placeholder : placeholders) {
        filled = filled.replace(placeholder, "x");
      }
      try {
        Pattern.compile(filled);
        return new Good<>(text(value));
      } catch (PatternSyntaxException e) {
        return new Bad<>(
            "not a regular expression: " + Found.quoted(text(value)) + ", " + e.getDescription(),
            "everything is \".*\", nothing is \"\"");
      }
    }

    @Override
    public String allowed() {
      return "a regular expression";
    }
  }

  /** A block of free keys with plain values, as in AMQP's argument tables. */
  record Arguments() implements KeyType<Map<String, Object>> {
    @Override
    public Reading<Map<String, Object>> read(ConfigValue value, ReadContext context) {
      if (value.valueType() != ConfigValueType.OBJECT) {
        return expected(value);
      }
      Map<String, Object> arguments = new LinkedHashMap<>();
      ((Map<?, ?>) value.unwrapped())
          .entrySet().stream()
              .filter(entry -> entry.getValue() != null)
              .sorted((a, b) -> String.valueOf(a.getKey()).compareTo(String.valueOf(b.getKey())))
              .forEach(
                  entry -> arguments.put(String.valueOf(entry.getKey()), plain(entry.getValue())));
      return new Good<>(Map.copyOf(arguments));
    }

    /** Whole numbers are always Long, others Double, so that equal files give equal arguments. */
    private static Object plain(Object value) {
      return switch (value) {
        case Integer number -> number.longValue();
        case List<?> list -> list.stream().map(Arguments::plain).toList();
        case Map<?, ?> map -> {
          Map<String, Object> copy = new LinkedHashMap<>();
          map.forEach((name, inner) -> copy.put(String.valueOf(name), plain(inner)));
          yield Map.copyOf(copy);
        }
        default -> value;
      };
    }

    @Override
    public String allowed() {
      return "a block { name = value }";
    }
  }
}
