package io.serai.routing.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorErrorTest {
  // A tilde marks where the error is; quotes are CSV's business, so texts are written with `
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          a = ~                    | the end           | a name or a value
          a = ~)                   | `)`               | a name or a value
          ~= 1                     | `=`               | a name or a value
          (a = 1~                  | the end           | `)`
          a = 1~)                  | `)`               | AND, OR or the end
          a ~b                     | `b`               | an operator or the end
          a = 1 ~b                 | `b`               | AND, OR or the end
          a = b ~= c               | `=`               | AND, OR or the end
          a =~= 1                  | `=`               | a name or a value
          a = 1 AND~               | the end           | a name or a value
          a OR ~OR b               | `OR`              | a name or a value
          NOT~                     | the end           | a name or a value
          a NOT ~= 1               | `=`               | BETWEEN, IN or LIKE
          a = ~NULL                | `NULL`            | a value (IS NULL tests for none)
          a IS ~1                  | `1`               | NULL
          a IS NOT ~TRUE           | `TRUE`            | NULL
          ~1 IS NULL               | `1`               | a name before IS NULL
          a IN ~`x`                | ``x``             | `(`
          a IN (~)                 | `)`               | a name or a value
          a IN (`x` ~`y`)          | ``y``             | `,` or `)`
          a BETWEEN 1 ~OR 2        | `OR`              | AND
          a BETWEEN 1 AND~         | the end           | a name or a value
          a LIKE ~5                | `5`               | a pattern in single quotes
          a LIKE ~b                | `b`               | a pattern in single quotes
          a LIKE `x` ESCAPE ~1     | `1`               | an escape character in single quotes
          a LIKE `x` ESCAPE ~`ab`  | ``ab``            | one escape character in single quotes
          a LIKE `x` ESCAPE ~``    | ````              | one escape character in single quotes
          a LIKE ~`x!` ESCAPE `!`  | ``x!``            | a character after the last !
          UTC~() > 1               | `(`               | an operator (there are no functions)
          a = ~#b                  | `#`               | a name, a value or an operator
          a ~! b                   | `!`               | a name, a value or an operator
          a ~; DROP TABLE users    | `;`               | a name, a value or an operator
          a = `x~                  | the end           | a closing ` for ``x`
          [a~                      | the end           | a closing ] for `[a`
          ~[] = 1                  | `[]`              | a name in the quotes
          a = ~12abc               | `12abc`           | a number
          a = ~1.2.3               | `1.2.`            | a number
          a = ~1e                  | `1e`              | digits of the exponent
          a = ~1e999               | `1e999`           | a number that is at most 1.7976931348623157E308
          a = ~0x                  | `0x`              | hexadecimal digits
          a = ~089                 | `089`             | octal digits after the 0, as in Java
          ~5                       | a number `5`      | a condition
          ~`x`                     | a text ``x``      | a condition
          ~a + 1                   | a number `a + 1`  | a condition
          b AND ~a + 1             | a number `a + 1`  | a condition
          ~a + 1 OR b              | a number `a + 1`  | a condition
          NOT ~5                   | a number `5`      | a condition
          1 + ~`x` = 2             | a text ``x``      | a number
          ~`x` * 2 = 2             | a text ``x``      | a number
          -~TRUE = 1               | a condition `TRUE`| a number
          ~(a = 1) + 1 = 2         | a condition `(a = 1)` | a number
          ~5 LIKE `5`              | a number `5`      | a text
          """)
  void badInputIsNamedWithItsPlace(String marked, String found, String expected) {
    String text = marked.replace('`', '\'');
    int offset = text.indexOf('~');
    var error = refused(text.replace("~", ""));
    assertThat(error.found()).isEqualTo(found.replace('`', '\''));
    assertThat(error.expected()).isEqualTo(expected.replace('`', '\''));
    assertThat(error.offset()).isEqualTo(offset);
    assertThat(error)
        .hasMessage(
            "selector: expected %s at character %d, found %s",
            error.expected(), offset + 1, error.found());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "JMSExpiration = 1",
        "JMSDestination = 'q'",
        "header.delivery-count = 1",
        "h.message-id = 1",
        "p.priority = 1",
        "p.priority-x = 1",
        "properties.group-id = 'a'",
        "properties. = 1",
        "a. = 1",
        "application-properties. = 1",
        "message-annotations.x = 1",
        "m.x = 1",
        "d.x = 1",
        "footer.x = 1",
      })
  void unknownNamesOfTypedPropertiesAreRefused(String text) {
    var error = refused(text);
    assertThat(error.offset()).isZero();
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    assertThat(refused("header.delivery-count = 1").expected())
        .isEqualTo("one of header.priority, header.durable, header.ttl");
    assertThat(refused("JMSExpiration = 1").expected()).contains("[JMSExpiration]");
  }

  @Test
  void whatWasFoundIsCutAndFreeOfControlCharacters() {
    var error = refused("a LIKE\n'\u0007" + "x".repeat(100) + "' '" + "y\u001B".repeat(60) + "'");
    assertThat(error.found()).hasSizeLessThan(60).endsWith("...'").doesNotContain("\u001B");
  }

  @Test
  void lengthIsBounded() {
    String longest = "a = '" + "x".repeat(Selector.MAX_CHARS - 6) + "'";
    assertThat(longest).hasSize(Selector.MAX_CHARS);
    assertThat(parses(longest)).isTrue();
    assertThat(refused(longest + " ").found()).isEqualTo("8193 characters");
    assertThat(refused("a LIKE '" + "%_".repeat(257) + "'").found()).isEqualTo("514 characters");
    assertThat(parses("a LIKE '" + "%_".repeat(256) + "'")).isTrue();
  }

  @Test
  void depthIsBounded() {
    assertThat(parses("(".repeat(100) + "a" + ")".repeat(100))).isTrue();
    assertThat(refused("(".repeat(101) + "a" + ")".repeat(101)).offset()).isEqualTo(100);
    assertThat(refused("(".repeat(4000) + "a" + ")".repeat(4000)).offset()).isEqualTo(100);
    assertThat(refused("(".repeat(100_000)).found()).isEqualTo("100000 characters");
    assertThat(parses("NOT ".repeat(100) + "a")).isTrue();
    assertThat(refused("NOT ".repeat(2000) + "a").offset()).isEqualTo(400);
    assertThat(refused("NOT ".repeat(100_000) + "a").expected())
        .isEqualTo("at most 8192 characters");
    assertThat(refused("-".repeat(8000) + "a = 1").offset()).isEqualTo(100);
    assertThat(parses("1" + "+1".repeat(200) + " = 1")).isTrue();
    assertThat(refused("1" + "+1".repeat(201) + " = 1").expected())
        .isEqualTo("at most 200 arithmetic operators");
  }

  @Test
  void theDeepestSelectorsNeedLittleStack() throws Exception {
    var deepest =
        new FutureTask<>(() -> {
          assertThat(prints("a".concat(" AND a".repeat(1300)))).isFalse();
          assertThat(prints("no OR yes AND TRUE = (".repeat(100) + "yes" + ")".repeat(100)))
              .isTrue();
          assertThat(prints("1" + "+1".repeat(200) + " = 201")).isTrue();
          assertThat(prints("NOT ".repeat(100) + "yes")).isTrue();
          return null;
        });
    // Half of what an event loop's thread has.
    new Thread(null, deepest, "small stack", 512 * 1024).start();
    deepest.get(30, TimeUnit.SECONDS);
  }

  /** Whether it selects the sample; fails when it does not read back as it is printed. */
  private static boolean prints(String text) throws SelectorException {
    Selector selector = Selector.parse(text);
    assertThat(Selector.parse(selector.toString())).hasToString(selector.toString());
    return selector.matches(Sample.MESSAGE);
  }

  @Test
  void theExamplesOfTheDocumentationAreSelectors() throws Exception {
    String page = Files.readString(Path.of("../docs/selectors.md"));
    int from = page.indexOf("```sql\n") + "```sql\n".length();
    List<String> examples = page.substring(from, page.indexOf("```", from)).lines().toList();
    assertThat(examples).hasSizeGreaterThan(3).allMatch(SelectorErrorTest::parses);
    assertThat(page).contains(refused("(price > )").getMessage());
  }

  private static boolean parses(String text) {
    try {
      Selector.parse(text);
      return true;
    } catch (SelectorException e) {
      return false;
    }
  }

  private static SelectorException refused(String text) {
    var error = catchThrowableOfType(SelectorException.class, () -> Selector.parse(text));
    assertThat(error).as(text.substring(0, Math.min(100, text.length()))).isNotNull();
    return error;
  }
}
