package io.serai.routing.selector;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Cuts a selector into words (JMS 2.0 §3.8.1.1). */
final class Lexer {
  /** Words that name nothing unless they are quoted, in upper case; they are read in any case. */
  static final Set<String> RESERVED =
      Set.of("AND", "OR", "NOT", "BETWEEN", "IN", "LIKE", "IS", "NULL", "ESCAPE", "TRUE", "FALSE");

  private final String text;
  private final Dialect dialect;
  private int at;

  Lexer(String text, Dialect dialect) {
    this.text = text;
    this.dialect = dialect;
  }

  /** Every word; the last is of kind END. */
  List<Token> tokens() throws SelectorException {
    List<Token> tokens = new ArrayList<>();
    Token token;
    do {
      token = next();
      tokens.add(token);
    } while (token.kind() != Token.Kind.END);
    return tokens;
  }

  private Token next() throws SelectorException {
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
    int start = at;
    if (at == text.length()) {
      return new Token(Token.Kind.END, start, start, "");
    }
    int c = text.codePointAt(at);
    if (Names.isStart(c)) {
      at = Names.end(text, at);
      String word = text.substring(start, at);
      String upper = word.toUpperCase(Locale.ROOT);
      return RESERVED.contains(upper)
          ? new Token(Token.Kind.KEYWORD, start, at, upper)
          : new Token(Token.Kind.NAME, start, at, word);
    }
    if (isDigit(at) || (c == '.' && isDigit(at + 1))) {
      NumberReader reader = new NumberReader(text, at, dialect);
      Object number = reader.read();
      at = reader.end();
      Token.Kind kind =
          switch (number) {
            case Number _ -> Token.Kind.NUMBER;
            case String _ -> Token.Kind.TEXT;
            default -> Token.Kind.BYTES;
          };
      return new Token(kind, start, at, number);
    }
    if (c == '!' && isAt(at + 1, '=')) {
      at += 2;
      return new Token(Token.Kind.SYMBOL, start, at, "<>");
    }
    return switch (c) {
      case '\'' -> quoted('\'', Token.Kind.TEXT);
      case '"' -> quoted('"', dialect == Dialect.JMS ? Token.Kind.QUOTED_NAME : Token.Kind.TEXT);
      case '[' -> quoted(']', Token.Kind.QUOTED_NAME);
      case '(', ')', ',', '=', '+', '-', '*', '/', '%' -> symbol(1);
      case '<' -> symbol(isAt(at + 1, '=') || isAt(at + 1, '>') ? 2 : 1);
      case '>' -> symbol(isAt(at + 1, '=') ? 2 : 1);
      default ->
          throw new SelectorException(
              start,
              SelectorException.quoted(Character.toString(c)),
              "a name, a value or an operator");
    };
  }

  private Token symbol(int length) {
    int start = at;
    at += length;
    return new Token(Token.Kind.SYMBOL, start, at, text.substring(start, at));
  }

  /** From an opening quote to the closing one, which is doubled where it stands for itself. */
  private Token quoted(char close, Token.Kind kind) throws SelectorException {
    int start = at++;
    StringBuilder content = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != close) {
        content.append(c);
      } else if (isAt(at, close)) {
        content.append(c);
        at++;
      } else if (content.isEmpty() && kind == Token.Kind.QUOTED_NAME) {
        throw new SelectorException(
            start, SelectorException.quoted(text.substring(start, at)), "a name in the quotes");
      } else {
        return new Token(kind, start, at, content.toString());
      }
    }
    String opened = SelectorException.quoted(text.substring(start));
    throw new SelectorException(text.length(), "the end", "a closing " + close + " for " + opened);
  }

  private boolean isAt(int index, char c) {
    return index < text.length() && text.charAt(index) == c;
  }

  private boolean isDigit(int index) {
    return index < text.length() && NumberReader.isDigit(text.charAt(index));
  }

  /** Whitespace as Java's (JLS §3.6). */
  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
  }
}
