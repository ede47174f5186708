package io.serai.routing.selector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SelectorFuzzTest {
  private static final String[] WORDS = {
    "a",
    "i",
    "country",
    "none",
    "l",
    "ul",
    "decimal",
    "yes",
    "[order-id]",
    "h.priority",
    "p.subject",
    "properties.message-id",
    "JMSType",
    "'UK'",
    "'it''s'",
    "''",
    "5",
    "-5",
    "1.5",
    "1e3",
    "0x1F",
    "9223372036854775808",
    "TRUE",
    "FALSE",
    "NULL",
    "AND",
    "OR",
    "NOT",
    "BETWEEN",
    "IN",
    "LIKE",
    "IS",
    "ESCAPE",
    "(",
    ")",
    ",",
    "=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "\"x\"",
    "'%_!'",
    "🥕",
    "#",
    "."
  };

  @ParameterizedTest
  @EnumSource
  void randomCharactersGiveASelectorOrItsError(Dialect dialect) {
    var random = new Random(7);
    for (int i = 0; i < 50_000; i++) {
      var text = new StringBuilder();
      for (int length = random.nextInt(40); length > 0; length--) {
        int c =
            random.nextInt(10) == 0
                ? random.nextInt(Character.MAX_CODE_POINT + 1)
                : ' ' + random.nextInt(95);
        text.appendCodePoint(c);
      }
      assertSelectorOrError(text.toString(), dialect);
    }
  }

  @ParameterizedTest
  @EnumSource
  void randomWordsGiveASelectorOrItsError(Dialect dialect) {
    var random = new Random(11);
    int selectors = 0;
    for (int i = 0; i < 100_000; i++) {
      var text = new StringBuilder();
      for (int length = 1 + random.nextInt(12); length > 0; length--) {
        text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(4) == 0 ? "" : " ");
      }
      selectors += assertSelectorOrError(text.toString(), dialect) ? 1 : 0;
    }
    assertThat(selectors).isGreaterThan(100);
  }

  @Test
  void everyCutAndEveryLostCharacterGivesASelectorOrItsError() {
    String text =
        "NOT (a.x + -1.5e-3 * [b c] >= 0x1F) AND JMSType LIKE 'x!_%' ESCAPE '!' OR p.message-id"
            + " NOT IN ('a', 'b''c', 5) AND h.priority NOT BETWEEN 1 AND 9 OR \"q\" IS NOT NULL";
    assertThat(assertSelectorOrError(text, Dialect.JMS)).isTrue();
    for (int i = 0; i < text.length(); i++) {
      assertSelectorOrError(text.substring(0, i), Dialect.JMS);
      assertSelectorOrError(text.substring(i), Dialect.JMS);
      assertSelectorOrError(text.substring(0, i) + text.substring(i + 1), Dialect.JMS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsPrintedReadsBackTheSame(Dialect dialect) throws SelectorException {
    var random = new Random(13);
    for (int i = 0; i < 20_000; i++) {
      String text = condition(random, 4);
      Expression expression = new Parser(text, dialect).selector();
      Expression again = new Parser(expression.text(), dialect).selector();
      assertThat(again).as(text).isEqualTo(expression);
      assertThat(again.text()).isEqualTo(expression.text());
      assertThat(again.truth(Sample.MESSAGE)).isEqualTo(expression.truth(Sample.MESSAGE));
    }
  }

  @Test
  void whatIsPrintedIsPlain() throws SelectorException {
    assertThat(Selector.parse("((a)=(1+(2*3)))and not(b like'x'escape'!'or c is not null)"))
        .hasToString("a = 1 + 2 * 3 AND NOT (b LIKE 'x' ESCAPE '!' OR NOT c IS NULL)");
    assertThat(Selector.parse("[a-b] IN('it''s',- 5,+1.50,017) OR [and] = (c = TRUE)"))
        .hasToString("[a-b] IN ('it''s', -5, 1.5, 15) OR [and] = (c = TRUE)");
    assertThat(Selector.parse("1-(2-3)-4 = -(a+b) OR p.timestamp NOT BETWEEN -a.c AND h.priority"))
        .hasToString(
            "1 - (2 - 3) - 4 = -(a + b)"
                + " OR properties.creation-time NOT BETWEEN -c AND header.priority");
  }

  /** Whether it is a selector; fails when it is neither that nor refused within the text. */
  private static boolean assertSelectorOrError(String text, Dialect dialect) {
    Expression expression;
    try {
      Selector.parse(text, dialect).matches(Sample.MESSAGE);
      expression = text.isBlank() ? new Literal(true) : new Parser(text, dialect).selector();
    } catch (SelectorException e) {
      assertThat(e.offset()).as(text).isBetween(0, text.length());
      assertThat(e.found()).as(text).isNotEmpty();
      assertThat(e.expected()).as(text).isNotEmpty();
      return false;
    }
    try {
      Expression again = new Parser(expression.text(), dialect).selector();
      assertThat(again).as(text).isEqualTo(expression);
    } catch (SelectorException e) {
      throw new AssertionError("'" + text + "' is printed as " + expression.text(), e);
    }
    return true;
  }

  private static String condition(Random random, int depth) {
    if (depth == 0) {
      return one(random, "yes", "no", "none", "TRUE", "FALSE", "[JMSPriority]");
    }
    int less = depth - 1;
    String not = one(random, "", " NOT ");
    return switch (random.nextInt(9)) {
      case 0 -> condition(random, less) + " AND " + condition(random, less);
      case 1 -> condition(random, less) + " OR " + condition(random, less);
      case 2 -> "NOT " + condition(random, less);
      case 3, 4 -> "(" + condition(random, less) + ")";
      case 5 ->
          number(random, less)
              + one(random, "=", "<>", "!=", "<", "<=", ">", ">=")
              + number(random, less);
      case 6 ->
          number(random, less)
              + not
              + " BETWEEN "
              + number(random, less)
              + " AND "
              + number(random, less);
      case 7 ->
          one(random, "country", "i", "[x]]y]") + not + " IN ('UK', " + number(random, less) + ")";
      default ->
          one(random, "text", "none", "[a.b]")
              + one(random, " IS " + not + " NULL", not + " LIKE '%!%''_' ESCAPE '!'");
    };
  }

  private static String number(Random random, int depth) {
    if (depth == 0) {
      return one(
          random,
          "5",
          "0",
          "1.5",
          "1e300",
          "9223372036854775808",
          "i",
          "ul",
          "decimal",
          "none",
          "h.priority",
          "p.creation-time",
          "country");
    }
    int less = depth - 1;
    return switch (random.nextInt(4)) {
      case 0 -> one(random, "-", "+", "- ") + number(random, 0);
      case 1 -> "-(" + number(random, less) + ")";
      case 2 -> "(" + number(random, less) + ")";
      default ->
          number(random, less) + one(random, " + ", " - ", "*", "/", "%") + number(random, less);
    };
  }

  private static String one(Random random, String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
