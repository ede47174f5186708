package io.serai.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the HOCON library does not tell about one file: keys set twice (the library merges them
 * silently), the line of each include, and which block was left open. A forgiving reader: text it
 * cannot follow is left to the library, which reports it.
 */
final class HoconOutline {

  /** A key that was already set in the same file. */
  record Duplicate(String key, int line, int firstLine) {}

  private static final List<String> INCLUDABLE =
      List.of("\"", "required(", "file(", "url(", "classpath(");

  private final String text;
  private int at;
  private int line = 1;

  private final Map<String, Integer> firstLines = new HashMap<>();
  private final Set<String> reported = new HashSet<>();
  private final List<Duplicate> duplicates = new ArrayList<>();
  private final Map<String, Integer> includes = new HashMap<>();
  private final Deque<Integer> openBlocks = new ArrayDeque<>();

  private HoconOutline(String text) {
    this.text = text;
  }

  static HoconOutline of(String text) {
    HoconOutline outline = new HoconOutline(text);
    outline.skipBlank();
    if (outline.peek() == '{') {
      outline.block("");
    } else {
      outline.members("");
    }
    return outline;
  }

  /**
   * Keys that got two plain values. Overriding by a substitution ({@code port = ${?NAME}}) and
   * adding with {@code +=} are meant, so they do not count.
   */
  List<Duplicate> duplicates() {
    return List.copyOf(duplicates);
  }

  /** The line of the include statement that names {@code file}, 0 when there is none. */
  int includeLine(String file) {
    return includes.getOrDefault(plain(file), 0);
  }

  /** java.net.URL drops slashes that the file may have: {@code file:///x} is {@code file:/x}. */
  private static String plain(String name) {
    return name.replaceFirst(":/+", ":/");
  }

  /** The line of the innermost block or list that is never closed, 0 when all are. */
  int unclosedLine() {
    return openBlocks.isEmpty() ? 0 : openBlocks.peek();
  }

  private void block(String prefix) {
    openBlocks.push(line);
    next();
    members(prefix);
    if (peek() == '}') {
      next();
      openBlocks.pop();
    }
  }

  /** Reads {@code key = value} members up to a closing brace or the end of the text. */
  private void members(String prefix) {
    while (true) {
      skipBlank();
      if (isAtEnd() || peek() == '}') {
        return;
      }
      int before = at;
      if (isInclude()) {
        include();
      } else {
        member(prefix);
      }
      if (at == before) {
        next(); // a character that cannot stand here: the library will complain about it
      }
    }
  }

  private boolean isInclude() {
    if (!text.startsWith("include", at) || at + 7 >= text.length()) {
      return false;
    }
    int i = at + 7;
    while (i < text.length() && (text.charAt(i) == ' ' || text.charAt(i) == '\t')) {
      i++;
    }
    int what = i;
    return i > at + 7 && INCLUDABLE.stream().anyMatch(prefix -> text.startsWith(prefix, what));
  }

  private void include() {
    int started = line;
    while (!isAtEnd() && peek() != '\n' && peek() != '"') {
      next();
    }
    if (peek() == '"') {
      String name = quoted();
      includes.putIfAbsent(plain(name.substring(1, Math.max(1, name.length() - 1))), started);
    }
    while (!isAtEnd() && peek() != '\n' && peek() != '}' && peek() != ',') {
      next();
    }
  }

  private void member(String prefix) {
    int keyLine = line;
    int from = at;
    while (!isAtEnd() && !endsKey(peek()) && !text.startsWith("+=", at)) {
      if (peek() == '"') {
        quoted();
      } else {
        next();
      }
    }
    String key = join(prefix, text.substring(from, at).strip());
    boolean isAdding = text.startsWith("+=", at);
    if (isAdding) {
      next();
    }
    if (peek() == '=' || peek() == ':') {
      next();
    } else if (peek() != '{') {
      return;
    }
    skipBlank();
    boolean isBlock = peek() == '{';
    // each += adds an element of its own, so its members are kept apart by its offset
    boolean isSubstituted = value(isAdding ? element(key, at, 0) : key);
    if (!isBlock && !isAdding && !key.isEmpty()) {
      record(key, keyLine, isSubstituted);
    }
  }

  private static boolean endsKey(char c) {
    return switch (c) {
      case '=', ':', '{', '}', '\n', ',', '#' -> true;
      default -> false;
    };
  }

  private void record(String key, int keyLine, boolean isSubstituted) {
    Integer first = firstLines.putIfAbsent(key, keyLine);
    if (first != null && !isSubstituted && reported.add(key)) {
      duplicates.add(new Duplicate(key, keyLine, first));
    }
  }

  /** Reads one value up to the end of its line, comma or block; true if it holds a substitution. */
  private boolean value(String key) {
    boolean isSubstituted = false;
    while (!isAtEnd()) {
      char c = peek();
      if (c == '\n' || c == ',' || c == '}' || c == ']' || isComment()) {
        return isSubstituted;
      }
      switch (c) {
        case '{' -> block(key);
        case '[' -> list(key);
        case '"' -> quoted();
        case '$' -> {
          isSubstituted |= text.startsWith("${", at);
          while (!isAtEnd() && peek() != '}' && peek() != '\n') {
            next();
          }
          if (peek() == '}') {
            next();
          }
        }
        default -> next();
      }
    }
    return isSubstituted;
  }

  private void list(String key) {
    openBlocks.push(line);
    next();
    int element = 0;
    while (true) {
      skipBlank();
      if (isAtEnd() || peek() == '}') {
        return;
      }
      if (peek() == ']') {
        next();
        openBlocks.pop();
        return;
      }
      int before = at;
      value(element(key, before, element++));
      if (at == before) {
        next();
      }
    }
  }

  /** The offset keeps elements of two lists under one key apart. */
  private static String element(String list, int offset, int index) {
    String step = "\"[" + offset + "." + index + "]\""; // quoted as the library would
    return list.isEmpty() ? step : list + "." + step;
  }

  private static String join(String prefix, String key) {
    if (isPlain(key)) { // nearly all are, and the library is slow at it
      return prefix.isEmpty() ? key : prefix + "." + key;
    }
    try {
      String normal = ConfigUtil.joinPath(ConfigUtil.splitPath(key));
      return prefix.isEmpty() ? normal : prefix + "." + normal;
    } catch (ConfigException notAPath) {
      return ""; // reported by the library; its members are not compared
    }
  }

  /** One name that needs no quotes. */
  private static boolean isPlain(String key) {
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!isLetter && (c < '0' || c > '9') && c != '-' && c != '_') {
        return false;
      }
    }
    return !key.isEmpty();
  }

  /** Skips a quoted or triple-quoted text and returns it with its quotes. */
  private String quoted() {
    int from = at;
    if (text.startsWith("\"\"\"", at)) {
      int end = text.indexOf("\"\"\"", at + 3);
      int to = end < 0 ? text.length() : end + 3;
      while (to < text.length() && text.charAt(to) == '"') {
        to++; // quotes before the closing three belong to the text
      }
      while (at < to) {
        next();
      }
    } else {
      next();
      while (!isAtEnd() && peek() != '"' && peek() != '\n') {
        if (peek() == '\\') {
          next();
        }
        next();
      }
      if (peek() == '"') {
        next();
      }
    }
    return text.substring(from, at);
  }

  private void skipBlank() {
    while (!isAtEnd()) {
      if (isComment()) {
        while (!isAtEnd() && peek() != '\n') {
          next();
        }
      } else if (Character.isWhitespace(peek()) || peek() == '\uFEFF' || peek() == ',') {
        next();
      } else {
        return;
      }
    }
  }

  private boolean isComment() {
    return peek() == '#' || text.startsWith("//", at);
  }

  private boolean isAtEnd() {
    return at >= text.length();
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private void next() {
    if (isAtEnd()) {
      return;
    }
    if (peek() == '\n') {
      line++;
    }
    at++;
  }
}
