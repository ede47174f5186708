package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.HoconOutline.Duplicate;
import org.junit.jupiter.api.Test;

class HoconOutlineTest {

  @Test
  void theSameKeyInAnyNotationIsADuplicate() {
    var outline =
        HoconOutline.of(
            """
            a { b = 1, "b" : 2 }
            c.d = { e = 1 }
            c { d.e = 2 }
            x."y.z" = "text with } and # and \\" in it"
            x { "y.z" = 3 }
            """);
    assertThat(outline.duplicates())
        .containsExactly(
            new Duplicate("a.b", 1, 1),
            new Duplicate("c.d.e", 3, 2),
            new Duplicate("x.\"y.z\"", 5, 4));
  }

  @Test
  void overridesByEnvironmentAdditionsAndEqualNamesElsewhereAreNoDuplicates() {
    var outline =
        HoconOutline.of(
            """
            port = 1, port = ${?PORT}
            list += { name = a }
            list += { name = b }
            other = [ { name = a }, { name = b } ]
            other = ${other} [ { name = c } ]
            a { name = 1 }, b { name = 1 } // comment = 1
            # a.name = 2
            text = \"\"\"
            port = 3
            port = 4 \"quoted\"\"\"\"
            """);
    assertThat(outline.duplicates()).isEmpty();
    assertThat(outline.unclosedLine()).isZero();
  }

  @Test
  void elementsOfAListAreComparedEachForItself() {
    var outline = HoconOutline.of("rules = [\n { name = a }\n { name = b\n name = c }\n]");
    assertThat(outline.duplicates()).hasSize(1);
    assertThat(outline.duplicates().getFirst().line()).isEqualTo(4);
  }

  @Test
  void includesKnowTheirLine() {
    var outline =
        HoconOutline.of("a = 1\ninclude \"x.conf\"\nb { include required(file(\"y.conf\")) }\n");
    assertThat(outline.includeLine("x.conf")).isEqualTo(2);
    assertThat(outline.includeLine("y.conf")).isEqualTo(3);
    assertThat(outline.includeLine("z.conf")).isZero();
  }

  @Test
  void theInnermostOpenBlockIsNamed() {
    assertThat(HoconOutline.of("a {\n b {\n c = 1\n }\n").unclosedLine()).isEqualTo(1);
    assertThat(HoconOutline.of("a {\n b = [\n c\n").unclosedLine()).isEqualTo(2);
    assertThat(HoconOutline.of("{ a { } }").unclosedLine()).isZero();
  }

  @Test
  void anyTextIsReadToItsEnd() {
    String alphabet = "{}[]\"=:+,#$\\\n a.\"\"\"include ";
    var random = new java.util.Random(42);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(30); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(HoconOutline.of(text.toString())).isNotNull();
    }
  }
}
