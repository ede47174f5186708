package io.serai.routing.selector;

import io.serai.routing.selector.Condition.And;
import io.serai.routing.selector.Condition.Between;
import io.serai.routing.selector.Condition.Comparator;
import io.serai.routing.selector.Condition.Comparison;
import io.serai.routing.selector.Condition.In;
import io.serai.routing.selector.Condition.IsNull;
import io.serai.routing.selector.Condition.Like;
import io.serai.routing.selector.Condition.Not;
import io.serai.routing.selector.Condition.Or;
import io.serai.routing.selector.Expression.ValueType;
import io.serai.routing.selector.Field.HeaderField;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a selector by recursive descent. Loosest first: OR, AND, NOT, comparisons (of which one may
 * follow another only in parentheses), {@code + -}, {@code * / %}, signs.
 */
final class Parser {
  /** Parentheses, NOTs and signs inside each other. Bounds the stack while parsing. */
  static final int MAX_DEPTH = 100;

  /** {@code + - * / %} together. Bounds the stack, as each is an operand of the next. */
  static final int MAX_ARITHMETIC = 200;

  private final String text;
  private final Lexer lexer;
  private List<Token> tokens = List.of();
  private int next;
  private int depth;
  private int arithmetic;

  Parser(String text, Dialect dialect) {
    this.text = text;
    this.lexer = new Lexer(text, dialect);
  }

  /** The condition that the whole text is. */
  Expression selector() throws SelectorException {
    tokens = lexer.tokens();
    Expression condition = checked(peek(), disjunction(), ValueType.CONDITION);
    if (peek().kind() == Token.Kind.END) {
      return condition;
    }
    if (peek().is("(") && tokens.get(next - 1).kind() == Token.Kind.NAME) {
      throw refused("an operator (there are no functions)");
    }
    boolean isClosed = condition instanceof Condition || condition instanceof Literal;
    throw refused(isClosed ? "AND, OR or the end" : "an operator or the end");
  }

  private Expression disjunction() throws SelectorException {
    Token first = peek();
    Expression left = conjunction();
    if (!peek().is("OR")) {
      return left;
    }
    List<Expression> operands = new ArrayList<>();
    operands.add(checked(first, left, ValueType.CONDITION));
    while (accept("OR")) {
      operands.add(checked(peek(), conjunction(), ValueType.CONDITION));
    }
    return new Or(operands);
  }

  private Expression conjunction() throws SelectorException {
    Token first = peek();
    Expression left = negation();
    if (!peek().is("AND")) {
      return left;
    }
    List<Expression> operands = new ArrayList<>();
    operands.add(checked(first, left, ValueType.CONDITION));
    while (accept("AND")) {
      operands.add(checked(peek(), negation(), ValueType.CONDITION));
    }
    return new And(operands);
  }

  private Expression negation() throws SelectorException {
    if (!peek().is("NOT")) {
      return comparison();
    }
    enter();
    take();
    Expression operand = checked(peek(), negation(), ValueType.CONDITION);
    depth--;
    return new Not(operand);
  }

  private Expression comparison() throws SelectorException {
    Token first = peek();
    Expression left = sum();
    Comparator comparator = comparator(peek());
    if (comparator != null) {
      take();
      return new Comparison(comparator, left, sum());
    }
    if (peek().is("IS")) {
      if (!(left instanceof Field field)) {
        throw refused(first, "a name before IS NULL");
      }
      take();
      boolean isNegated = accept("NOT");
      expect("NULL");
      return negatedIf(isNegated, new IsNull(field));
    }
    boolean isNegated = accept("NOT");
    if (accept("BETWEEN")) {
      Expression low = sum();
      expect("AND");
      return new Between(left, low, sum(), isNegated);
    }
    if (accept("IN")) {
      return negatedIf(isNegated, new In(left, items()));
    }
    if (peek().is("LIKE")) {
      checked(first, left, ValueType.TEXT);
      take();
      return negatedIf(isNegated, new Like(left, pattern()));
    }
    if (isNegated) {
      throw refused("BETWEEN, IN or LIKE");
    }
    return left;
  }

  private static Condition negatedIf(boolean isNegated, Condition condition) {
    return isNegated ? new Not(condition) : condition;
  }

  private static @Nullable Comparator comparator(Token token) {
    for (Comparator comparator : Comparator.values()) {
      if (token.is(comparator.sign)) {
        return comparator;
      }
    }
    return null;
  }

  private List<Expression> items() throws SelectorException {
    expect("(");
    List<Expression> items = new ArrayList<>();
    do {
      items.add(sum());
    } while (accept(","));
    if (!peek().is(")")) {
      throw refused("',' or ')'");
    }
    take();
    return items;
  }

  private LikePattern pattern() throws SelectorException {
    Token pattern = expectText("a pattern in single quotes");
    String like = (String) pattern.value();
    int length = like.codePointCount(0, like.length());
    if (length > LikePattern.MAX_CODE_POINTS) {
      throw new SelectorException(
          pattern.offset(),
          length + " characters",
          "a pattern of at most " + LikePattern.MAX_CODE_POINTS + " characters");
    }
    if (!accept("ESCAPE")) {
      return new LikePattern(like, -1);
    }
    Token escape = expectText("an escape character in single quotes");
    String character = (String) escape.value();
    if (character.isEmpty() || character.codePointCount(0, character.length()) != 1) {
      throw refused(escape, "one escape character in single quotes");
    }
    int escapeCharacter = character.codePointAt(0);
    if (endsInEscape(like, escapeCharacter)) {
      throw refused(pattern, "a character after the last " + character);
    }
    return new LikePattern(like, escapeCharacter);
  }

  /** Whether the last character is an escape that is not itself escaped. */
  private static boolean endsInEscape(String pattern, int escape) {
    int[] codePoints = pattern.codePoints().toArray();
    int escapes = 0;
    while (escapes < codePoints.length && codePoints[codePoints.length - 1 - escapes] == escape) {
      escapes++;
    }
    return escapes % 2 == 1;
  }

  private Expression sum() throws SelectorException {
    Token first = peek();
    Expression left = product();
    while (peek().is("+") || peek().is("-")) {
      Arithmetic.Operator operator = arithmetic(first, left);
      left = new Arithmetic(operator, left, checked(peek(), product(), ValueType.NUMBER));
    }
    return left;
  }

  private Expression product() throws SelectorException {
    Token first = peek();
    Expression left = signed();
    while (peek().is("*") || peek().is("/") || peek().is("%")) {
      Arithmetic.Operator operator = arithmetic(first, left);
      left = new Arithmetic(operator, left, checked(peek(), signed(), ValueType.NUMBER));
    }
    return left;
  }

  private Expression signed() throws SelectorException {
    boolean isMinus = peek().is("-");
    if (!isMinus && !peek().is("+")) {
      return primary();
    }
    enter();
    take();
    Expression operand = checked(peek(), signed(), ValueType.NUMBER);
    depth--;
    if (operand instanceof Literal(Object number)) {
      return isMinus ? new Literal(Objects.requireNonNull(Numbers.negated(number))) : operand;
    }
    return new Signed(isMinus, operand);
  }

  private Expression primary() throws SelectorException {
    Token token = peek();
    return switch (token.kind()) {
      case TEXT, BYTES, NUMBER -> new Literal(take().value());
      case QUOTED_NAME -> new HeaderField((String) take().value());
      case NAME -> Names.resolve((String) take().value(), token.offset());
      case KEYWORD, SYMBOL, END -> {
        if (accept("TRUE")) {
          yield new Literal(true);
        }
        if (accept("FALSE")) {
          yield new Literal(false);
        }
        if (!token.is("(")) {
          throw refused(
              token.is("NULL") ? "a value (IS NULL tests for none)" : "a name or a value");
        }
        enter();
        take();
        Expression inner = disjunction();
        expect(")");
        depth--;
        yield inner;
      }
    };
  }

  /** Takes an arithmetic operator whose left side has been read. */
  private Arithmetic.Operator arithmetic(Token first, Expression left) throws SelectorException {
    checked(first, left, ValueType.NUMBER);
    if (++arithmetic > MAX_ARITHMETIC) {
      throw refused("at most " + MAX_ARITHMETIC + " arithmetic operators");
    }
    return switch ((String) take().value()) {
      case "+" -> Arithmetic.Operator.ADD;
      case "-" -> Arithmetic.Operator.SUBTRACT;
      case "*" -> Arithmetic.Operator.MULTIPLY;
      case "/" -> Arithmetic.Operator.DIVIDE;
      default -> Arithmetic.Operator.REMAINDER;
    };
  }

  /** The operand, which starts at {@code first}, if it can be of the type. */
  private Expression checked(Token first, Expression operand, ValueType wanted)
      throws SelectorException {
    if (operand.type().fits(wanted)) {
      return operand;
    }
    int end = tokens.get(next - 1).end();
    throw new SelectorException(
        first.offset(),
        operand.type().words + " " + SelectorException.quoted(text.substring(first.offset(), end)),
        wanted.words);
  }

  private void enter() throws SelectorException {
    if (++depth > MAX_DEPTH) {
      throw refused("at most " + MAX_DEPTH + " parentheses, NOTs and signs inside each other");
    }
  }

  private Token peek() {
    return tokens.get(next);
  }

  private Token take() {
    return tokens.get(next++);
  }

  private boolean accept(String spelling) {
    if (!peek().is(spelling)) {
      return false;
    }
    next++;
    return true;
  }

  private void expect(String spelling) throws SelectorException {
    if (!accept(spelling)) {
      boolean isKeyword = Character.isLetter(spelling.charAt(0));
      throw refused(isKeyword ? spelling : "'" + spelling + "'");
    }
  }

  private Token expectText(String expected) throws SelectorException {
    if (peek().kind() != Token.Kind.TEXT) {
      throw refused(expected);
    }
    return take();
  }

  private SelectorException refused(String expected) {
    return refused(peek(), expected);
  }

  private SelectorException refused(Token token, String expected) {
    String found =
        token.kind() == Token.Kind.END
            ? "the end"
            : SelectorException.quoted(text.substring(token.offset(), token.end()));
    return new SelectorException(token.offset(), found, expected);
  }
}
