package io.serai.routing.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LikePatternTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          abc         |   | abc        | true
          abc         |   | abcd       | false
          abc         |   | ab         | false
          a%          |   | a          | true
          a%a         |   | a          | false
          a%a         |   | aa         | true
          %           |   | ''         | true
          %%          |   | ''         | true
          ''          |   | ''         | true
          ''          |   | a          | false
          _           |   | ''         | false
          _           |   | é          | true
          _           |   | 🥕         | true
          __          |   | 🥕         | false
          %🥕%        |   | car🥕rot   | true
          _%🥕%_      |   | 🥕rot      | false
          %ab%ab%     |   | abab       | true
          %ab%ab%     |   | aab        | false
          a_c%e       |   | abcde      | true
          12%3        |   | 12993      | true
          12%3        |   | 1234       | false
          \\_%        | \\| _foo      | true
          \\_%        | \\| bar       | false
          x!%y        | ! | x%y        | true
          x!%y        | ! | xzy        | false
          x!!y        | ! | x!y        | true
          !a          | ! | a          | true
          🍰@%🥕      | @ | 🍰%🥕      | true
          %%          | % | %          | true
          %_          | % | _          | true
          %_          | % | x          | false
          .*          |   | ab         | false
          [ab]        |   | a          | false
          """)
  void percentIsAnyCharactersAndUnderscoreIsOne(
      String pattern, String escape, String text, boolean matches) {
    int escapeCharacter = escape == null ? -1 : escape.codePointAt(0);
    assertThat(new LikePattern(pattern, escapeCharacter).matches(text)).isEqualTo(matches);
  }

  @Test
  void agreesWithThePlainDefinition() {
    var random = new Random(42);
    int hits = 0;
    for (int i = 0; i < 20_000; i++) {
      // Now and then beyond 63 characters, where positions take several words.
      int scale = i % 4 == 0 ? 20 : 1;
      String pattern = randomText(random, "ab_%", scale * 8);
      String text = randomText(random, "ab", scale * 8);
      boolean expected = matches(pattern, text);
      hits += expected ? 1 : 0;
      assertThat(new LikePattern(pattern, -1).matches(text))
          .as("'%s' LIKE '%s'", text, pattern)
          .isEqualTo(expected);
    }
    assertThat(hits).isBetween(1_000, 19_000);
  }

  @Test
  void longPatternsMatchAcrossWords() {
    for (int length = 60; length <= 200; length++) {
      String text = "abcdefg".repeat(30).substring(0, length);
      assertThat(new LikePattern(text, -1).matches(text)).isTrue();
      assertThat(new LikePattern(text, -1).matches(text + "x")).isFalse();
      assertThat(new LikePattern("_".repeat(length), -1).matches(text)).isTrue();
      assertThat(new LikePattern("_".repeat(length), -1).matches(text + "x")).isFalse();
      assertThat(new LikePattern("%" + text + "%", -1).matches("xy" + text + "z")).isTrue();
      assertThat(new LikePattern(text + "%", -1).matches(text.substring(1))).isFalse();
    }
  }

  @Test
  void noPatternIsSlow() {
    String text = "a".repeat(1_000_000);
    for (String pattern :
        new String[] {
          "%_".repeat(255) + "%X", "%a".repeat(255) + "b", "%" + "a".repeat(510) + "b"
        }) {
      // A matcher that tries again takes minutes or does not end.
      boolean matches =
          assertTimeoutPreemptively(
              Duration.ofSeconds(20), () -> new LikePattern(pattern, -1).matches(text));
      assertThat(matches).isFalse();
    }
  }

  private static String randomText(Random random, String alphabet, int maxLength) {
    var text = new StringBuilder();
    for (int length = random.nextInt(maxLength + 1); length > 0; length--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  /** LIKE as a table of (first i of the pattern, first j of the text), without escapes. */
  private static boolean matches(String pattern, String text) {
    boolean[][] fits = new boolean[pattern.length() + 1][text.length() + 1];
    fits[0][0] = true;
    for (int i = 1; i <= pattern.length(); i++) {
      char p = pattern.charAt(i - 1);
      for (int j = 0; j <= text.length(); j++) {
        boolean takesOne = j > 0 && fits[i - 1][j - 1] && (p == '_' || p == text.charAt(j - 1));
        fits[i][j] = p == '%' ? fits[i - 1][j] || (j > 0 && fits[i][j - 1]) : takesOne;
      }
    }
    return fits[pattern.length()][text.length()];
  }
}
