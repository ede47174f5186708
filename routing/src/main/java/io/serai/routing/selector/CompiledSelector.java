package io.serai.routing.selector;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a selector in the form that RabbitMQ's JMS client sends it in, an Erlang term such as
 * <code>{'=',{'ident',&lt;&lt;"colour"&gt;&gt;},&lt;&lt;"red"&gt;&gt;}.</code>, and writes it as
 * SQL. Its names are those of headers, {@code JMSPriority} and the like included: the client sends
 * them as such.
 */
final class CompiledSelector {
  /** Terms inside each other. Bounds the stack while reading. */
  private static final int MAX_DEPTH = 200;

  private static final Map<String, String> INFIX =
      Map.ofEntries(
          Map.entry("and", "AND"),
          Map.entry("or", "OR"),
          Map.entry("=", "="),
          Map.entry("<>", "<>"),
          Map.entry("<", "<"),
          Map.entry("<=", "<="),
          Map.entry(">", ">"),
          Map.entry(">=", ">="),
          Map.entry("+", "+"),
          Map.entry("-", "-"),
          Map.entry("*", "*"),
          Map.entry("/", "/"),
          Map.entry("in", "IN"),
          Map.entry("not_in", "NOT IN"),
          Map.entry("like", "LIKE"),
          Map.entry("not_like", "NOT LIKE"),
          Map.entry("between", "BETWEEN"),
          Map.entry("not_between", "NOT BETWEEN"));

  private static final Map<String, String> PREFIX = Map.of("not", "NOT", "-", "-", "+", "+");

  private static final Map<String, String> POSTFIX =
      Map.of("is_null", "IS NULL", "not_null", "IS NOT NULL");

  /**
   * A part of the selector as SQL.
   *
   * @param operator what holds it together; null when nothing has to
   */
  private record Part(String sql, @Nullable String operator) {
    /** As an operand: chains of AND and of OR need no parentheses, so they may be long. */
    String within(String outer) {
      boolean isChain = outer.equals(operator) && (outer.equals("and") || outer.equals("or"));
      return operator == null || isChain ? sql : "(" + sql + ")";
    }
  }

  private final String text;
  private int at;
  private int depth;

  private CompiledSelector(String text) {
    this.text = text;
  }

  /**
   * The same condition as SQL.
   *
   * @throws SelectorException it is no term, or not that of a selector
   */
  static String toSql(String text) throws SelectorException {
    CompiledSelector reader = new CompiledSelector(text);
    Part condition = reader.part();
    if (reader.peek() == '.') {
      reader.at++;
    }
    if (reader.peek() != '\0') {
      throw reader.refused("the end");
    }
    return condition.sql();
  }

  private Part part() throws SelectorException {
    if (++depth > MAX_DEPTH) {
      throw refused("at most " + MAX_DEPTH + " terms inside each other");
    }
    char c = peek();
    Part part;
    if (c == '{') {
      part = tuple();
    } else if (c == '[') {
      part = new Part("(" + String.join(", ", sqlOf(elements(']'), "in")) + ")", null);
    } else if (c == '<') {
      part = new Part("'" + binary().replace("'", "''") + "'", null);
    } else if (c == '\'' || Character.isLowerCase(c)) {
      part = new Part(atom(), null);
    } else {
      part = new Part(number(), null);
    }
    depth--;
    return part;
  }

  private Part tuple() throws SelectorException {
    at++;
    int start = at;
    String operator = atom();
    if (operator.equals("ident")) {
      expect(",");
      String name = binary();
      expect("}");
      return new Part("[" + name.replace("]", "]]") + "]", null);
    }
    expect(",");
    at--; // elements begin after a bracket or a comma
    List<Part> operands = elements('}');
    Part part = combined(operator, operands);
    if (part == null) {
      at = start;
      throw refused("an operator of selectors with its operands");
    }
    return part;
  }

  private static @Nullable Part combined(String operator, List<Part> operands) {
    List<String> sql = sqlOf(operands, operator);
    String first = sql.getFirst();
    if (sql.size() == 1) {
      String prefix = PREFIX.get(operator);
      String postfix = POSTFIX.get(operator);
      if (prefix == null && postfix == null) {
        return null;
      }
      return new Part(prefix == null ? first + " " + postfix : prefix + " " + first, operator);
    }
    if (operator.equals("range") && sql.size() == 2) {
      return new Part(first + " AND " + sql.get(1), null); // of BETWEEN
    }
    String infix = INFIX.get(operator);
    if (infix == null || sql.size() > 3) {
      return null;
    }
    String written = first + " " + infix + " " + sql.get(1);
    if (sql.size() == 2) {
      return new Part(written, operator);
    }
    if (infix.endsWith("BETWEEN")) {
      return new Part(written + " AND " + sql.get(2), operator);
    }
    if (!infix.endsWith("LIKE")) {
      return null;
    }
    boolean hasEscape = !sql.get(2).equals("no_escape");
    return new Part(hasEscape ? written + " ESCAPE " + sql.get(2) : written, operator);
  }

  private static List<String> sqlOf(List<Part> operands, String operator) {
    return operands.stream().map(operand -> operand.within(operator)).toList();
  }

  /** What stands between the opening bracket, or comma, that is next and the closing one. */
  private List<Part> elements(char close) throws SelectorException {
    List<Part> elements = new ArrayList<>();
    do {
      at++;
      elements.add(part());
    } while (peek() == ',');
    expect(String.valueOf(close));
    return elements;
  }

  private String atom() throws SelectorException {
    if (peek() == '\'') {
      return quoted('\'');
    }
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    if (at == start) {
      throw refused("an atom");
    }
    return text.substring(start, at);
  }

  private String binary() throws SelectorException {
    expect("<<");
    if (peek() != '"') {
      throw refused("a text in double quotes");
    }
    String content = quoted('"');
    expect(">>");
    return content;
  }

  private String quoted(char close) throws SelectorException {
    StringBuilder content = new StringBuilder();
    int start = at++;
    while (at < text.length() && text.charAt(at) != close) {
      boolean isEscaped = text.charAt(at) == '\\' && at + 1 < text.length();
      content.append(isEscaped ? unescaped(text.charAt(++at)) : text.charAt(at));
      at++;
    }
    if (at == text.length()) {
      at = start;
      throw refused("a closing " + close);
    }
    at++;
    return content.toString();
  }

  private static char unescaped(char c) {
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> c;
    };
  }

  private String number() throws SelectorException {
    int start = at;
    while (at < text.length() && isOfNumber(at, start)) {
      at++;
    }
    if (at == start) {
      throw refused("a term");
    }
    return text.substring(start, at);
  }

  /** The dot that ends the whole term is not of the number before it. */
  private boolean isOfNumber(int index, int start) {
    char c = text.charAt(index);
    return switch (c) {
      case '.' -> index + 1 < text.length() && NumberReader.isDigit(text.charAt(index + 1));
      case 'e', 'E' -> index > start;
      case '+', '-' -> index == start || Character.toLowerCase(text.charAt(index - 1)) == 'e';
      default -> NumberReader.isDigit(c);
    };
  }

  /** The next character that is no space, NUL at the end. */
  private char peek() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private void expect(String symbol) throws SelectorException {
    peek();
    if (!text.startsWith(symbol, at)) {
      throw refused("'" + symbol + "'");
    }
    at += symbol.length();
  }

  private SelectorException refused(String expected) {
    String found = at < text.length() ? SelectorException.quoted(text.substring(at)) : "the end";
    return new SelectorException(at, found, expected);
  }
}
