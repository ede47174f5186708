package io.serai.routing.selector;

import static io.serai.routing.selector.Sample.MESSAGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          yes  | yes  | TRUE    | TRUE
          yes  | no   | FALSE   | TRUE
          yes  | none | UNKNOWN | TRUE
          no   | yes  | FALSE   | TRUE
          no   | no   | FALSE   | FALSE
          no   | none | FALSE   | UNKNOWN
          none | yes  | UNKNOWN | TRUE
          none | no   | FALSE   | UNKNOWN
          none | none | UNKNOWN | UNKNOWN
          nil  | no   | FALSE   | UNKNOWN
          i    | yes  | UNKNOWN | TRUE
          i    | no   | FALSE   | UNKNOWN
          """)
  void andAndOrFollowTheTablesOfTheSpecification(String left, String right, Truth and, Truth or)
      throws SelectorException {
    assertThat(Sample.truth(left + " AND " + right, MESSAGE)).isEqualTo(and);
    assertThat(Sample.truth(left + " OR " + right, MESSAGE)).isEqualTo(or);
    // De Morgan holds in three values, too
    assertThat(Sample.truth("NOT " + left + " OR NOT " + right, MESSAGE)).isEqualTo(and.negated());
    assertThat(Sample.truth("NOT " + left + " AND NOT " + right, MESSAGE)).isEqualTo(or.negated());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          NOT yes                            | FALSE
          NOT no                             | TRUE
          NOT none                           | UNKNOWN
          NOT i                              | UNKNOWN
          NOT NOT no                         | FALSE
          TRUE                               | TRUE
          false                              | FALSE
          country                            | UNKNOWN
          # equality, within like types only
          country = "other"                  | UNKNOWN
          i = 5                              | TRUE
          i = 5.0                            | TRUE
          5 = i                              | TRUE
          i <> 5                             | FALSE
          i != 6                             | TRUE
          yes = TRUE                         | TRUE
          yes <> false                       | TRUE
          no = yes                           | FALSE
          yes = 1                            | FALSE
          yes <> 1                           | FALSE
          i = yes                            | FALSE
          digits = 5                         | FALSE
          digits <> 5                        | FALSE
          digits > 4                         | FALSE
          5 < digits                         | FALSE
          list = list                        | FALSE
          list <> list                       | FALSE
          raw = raw                          | TRUE
          raw = country                      | FALSE
          nan = nan                          | FALSE
          nan <= 1                           | FALSE
          # order
          i < 6                              | TRUE
          i < 5                              | FALSE
          i <= 5                             | TRUE
          i > 4.99                           | TRUE
          i >= 5.01                          | FALSE
          b < 0                              | TRUE
          yes > no                           | FALSE
          yes >= yes                         | FALSE
          raw >= raw                         | FALSE
          # with NULL
          none = 1                           | UNKNOWN
          1 = none                           | UNKNOWN
          none = none                        | UNKNOWN
          none <> 1                          | UNKNOWN
          none < 1                           | UNKNOWN
          none <= 1                          | UNKNOWN
          none > 1                           | UNKNOWN
          1 >= none                          | UNKNOWN
          nil = 1                            | UNKNOWN
          none + 1 = 1                       | UNKNOWN
          1 - none = 1                       | UNKNOWN
          none * 0 = 0                       | UNKNOWN
          none / 1 = 1                       | UNKNOWN
          none % 1 = 1                       | UNKNOWN
          -none = 1                          | UNKNOWN
          +none = 1                          | UNKNOWN
          none IN ('a', 'b')                 | UNKNOWN
          none NOT IN ('a', 'b')             | UNKNOWN
          i IN (1, none)                     | UNKNOWN
          i IN (5, none)                     | TRUE
          i NOT IN (1, none)                 | UNKNOWN
          none BETWEEN 1 AND 2               | UNKNOWN
          none NOT BETWEEN 1 AND 2           | UNKNOWN
          i BETWEEN none AND 9               | UNKNOWN
          i BETWEEN none AND 1               | FALSE
          i BETWEEN 6 AND none               | FALSE
          i NOT BETWEEN none AND 1           | TRUE
          i NOT BETWEEN none AND 9           | UNKNOWN
          none LIKE '%'                      | UNKNOWN
          none NOT LIKE '%'                  | UNKNOWN
          none IS NULL                       | TRUE
          none IS NOT NULL                   | FALSE
          nil IS NULL                        | TRUE
          nil IS NOT NULL                    | FALSE
          i IS NULL                          | FALSE
          list IS NOT NULL                   | TRUE
          (i) IS NOT NULL                    | TRUE
          # IN
          country IN ('UK', 'US')            | TRUE
          country IN ('US')                  | FALSE
          country NOT IN ('US', 'FR')        | TRUE
          i IN ('5')                         | FALSE
          i NOT IN ('5')                     | TRUE
          i IN (1, 2 + 3)                    | TRUE
          i IN (1, '5', 5.0)                 | TRUE
          symbol IN ('green')                | TRUE
          # BETWEEN
          i BETWEEN 5 AND 5                  | TRUE
          i BETWEEN 6 AND 4                  | FALSE
          i NOT BETWEEN 6 AND 9              | TRUE
          i NOT BETWEEN 1 AND 9              | FALSE
          digits BETWEEN 1 AND 9             | FALSE
          digits NOT BETWEEN 1 AND 9         | FALSE
          country BETWEEN 'A' AND 'Z'        | TRUE
          # LIKE
          text LIKE 'This%'                  | TRUE
          text LIKE '%a test'                | TRUE
          text LIKE '%is%a%'                 | TRUE
          text LIKE 'T_is is a test'         | TRUE
          text LIKE 'this%'                  | FALSE
          text NOT LIKE 'x%'                 | TRUE
          i LIKE '5'                         | UNKNOWN
          i NOT LIKE '5'                     | UNKNOWN
          utf8 LIKE 'k_se'                   | TRUE
          raw LIKE '%'                       | UNKNOWN
          uuid LIKE '00000000-%-000000000002'| TRUE
          # arithmetic and types
          country + 1 = 1                    | UNKNOWN
          yes + no = 1                       | UNKNOWN
          -country = 1                       | UNKNOWN
          +country = 'UK'                    | UNKNOWN
          -b = 5                             | TRUE
          +i = 5                             | TRUE
          i - -5 = 10                        | TRUE
          i-5=0                              | TRUE
          -(-i) = 5                          | TRUE
          --i = 5                            | TRUE
          letter = 'x'                       | TRUE
          time > 1600000000000               | TRUE
          dup = 'first'                      | TRUE
          # precedence
          1 + 2 * 3 = 7                      | TRUE
          (1 + 2) * 3 = 9                    | TRUE
          10 - 3 - 2 = 5                     | TRUE
          100 / 10 / 5 = 2                   | TRUE
          101 % 50 % 3 = 1                   | TRUE
          -2 * 3 = -6                        | TRUE
          2 * -3 + 1 = -5                    | TRUE
          yes OR yes AND no                  | TRUE
          (yes OR yes) AND no                | FALSE
          NOT no AND no                      | FALSE
          NOT (no AND no)                    | TRUE
          NOT i = 6                          | TRUE
          NOT i BETWEEN 1 AND 9 OR yes       | TRUE
          i BETWEEN 1 AND 9 AND no           | FALSE
          (i = 5) = yes                      | TRUE
          (i > 5) <> yes                     | TRUE
          # case
          yes and NOT no oR None             | TRUE
          COUNTRY = 'UK'                     | UNKNOWN
          """)
  void everyOperatorHasTheTruthOfTheSpecification(String text, Truth truth)
      throws SelectorException {
    assertThat(Sample.truth(text, MESSAGE)).isEqualTo(truth);
    assertThat(Selector.parse(text).matches(MESSAGE)).isEqualTo(truth == Truth.TRUE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          i / 2 = 2                                          | TRUE
          i / 2.0 = 2.5                                      | TRUE
          -7 / 2 = -3                                        | TRUE
          -7 % 2 = -1                                        | TRUE
          7.5 % 2 = 1.5                                      | TRUE
          i / 0 = 0                                          | UNKNOWN
          i / 0.0 > 0                                        | UNKNOWN
          i % 0 = 0                                          | UNKNOWN
          decimal / 0 = 0                                    | UNKNOWN
          ul % (i - 5) = 0                                   | UNKNOWN
          l + 1 = 9223372036854775808                        | TRUE
          l + 1 > l                                          | TRUE
          l * 2 = 18446744073709551614                       | TRUE
          l * 2 - l = l                                      | TRUE
          min - 1 < min                                      | TRUE
          -min = 9223372036854775808                         | TRUE
          min / -1 = 9223372036854775808                     | TRUE
          min = -9223372036854775808                         | TRUE
          ul = 18446744073709551615                          | TRUE
          ul > l                                             | TRUE
          ul5 = i                                            | TRUE
          ui + us + ub + s + b = 4000059895                  | TRUE
          float = 21.3                                       | FALSE
          float = 21.3f                                      | TRUE
          decimal = 12.34                                    | TRUE
          decimal + 1 = 13.34                                | TRUE
          decimal * 100 = 1234                               | TRUE
          decimal > 12                                       | TRUE
          decimal < ul                                       | TRUE
          huge > l                                           | TRUE
          huge % 7 = 1                                       | UNKNOWN
          huge + 1 > huge                                    | FALSE
          huge > 1.5                                         | TRUE
          0x10 = 16                                          | TRUE
          0XFFL = 255                                        | TRUE
          010 = 8                                            | TRUE
          0 = -0.0                                           | TRUE
          1e3 = 1000                                         | TRUE
          1.5E-1 = .15                                       | TRUE
          7. = 7d                                            | TRUE
          9007199254740993 = 9007199254740993                | TRUE
          """)
  void numbersArePromotedAsInJavaAndNeverOverflow(String text, Truth truth)
      throws SelectorException {
    assertThat(Sample.truth(text, MESSAGE)).isEqualTo(truth);
  }

  @Test
  void textsAreOrderedByCodePoint() throws SelectorException {
    assertThat(Sample.truth("'\uD83E\uDD55' > '\uFFFD'", MESSAGE)).isEqualTo(Truth.TRUE);
    assertThat(Sample.truth("'a' < 'b'", MESSAGE)).isEqualTo(Truth.TRUE);
    assertThat(Sample.truth("'a' < 'ab'", MESSAGE)).isEqualTo(Truth.TRUE);
    assertThat(Sample.truth("'b' < 'ab'", MESSAGE)).isEqualTo(Truth.FALSE);
  }

  @Test
  void quotesInTextsAreDoubled() throws SelectorException {
    assertThat(Sample.truth("quote = 'UK''s'", MESSAGE)).isEqualTo(Truth.TRUE);
    assertThat(Sample.truth("empty = ''", MESSAGE)).isEqualTo(Truth.TRUE);
    assertThat(Sample.truth("'''' = ''''", MESSAGE)).isEqualTo(Truth.TRUE);
  }

  @Test
  void whitespaceIsThatOfJavaAndOftenNotNeeded() throws SelectorException {
    assertThat(Sample.truth("\tcountry\f=\r\n'UK'AND(i)>4 ", MESSAGE)).isEqualTo(Truth.TRUE);
  }

  @Test
  void blankTextSelectsEverything() throws SelectorException {
    assertThat(Selector.parse("").matches(MESSAGE)).isTrue();
    assertThat(Selector.parse(" \n").matches(Sample.of(Properties.NONE))).isTrue();
    assertThat(Selector.ALL).hasToString("TRUE");
  }

  @Test
  void theDialectsReadThreeLiteralsDifferently() throws SelectorException {
    var sql = Dialect.AMQP_SQL;
    assertThat(Selector.parse("country = \"UK\"", sql).matches(MESSAGE)).isTrue();
    assertThat(Selector.parse("\"country\" = 'UK'", Dialect.JMS).matches(MESSAGE)).isTrue();
    assertThat(Selector.parse("country = 0x554B", sql).matches(MESSAGE)).isTrue();
    assertThat(Selector.parse("raw = 0x00fF", sql).matches(MESSAGE)).isTrue();
    assertThat(Selector.parse("raw = 0x00FE", sql).matches(MESSAGE)).isFalse();
    assertThat(Selector.parse("010 = 10", sql).matches(MESSAGE)).isTrue();
  }
}
