package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NestingTest {
  private static final int MANY = 100_000;

  @TempDir Path folder;

  private List<ConfigError> errors(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("deep.conf"), text);
    return Load.errors(Load.DEFAULTS.withFile(file));
  }

  @Test
  void textThatWouldExhaustTheStackIsRefusedAtItsLine() throws IOException {
    for (String deep :
        List.of(
            "a {".repeat(MANY) + "}".repeat(MANY),
            "x = " + "[".repeat(MANY) + "]".repeat(MANY),
            "a" + ".a".repeat(MANY) + " = 1",
            "{".repeat(MANY))) {
      assertThat(errors("\n# first\n" + deep))
          .as(deep.substring(0, 10))
          .singleElement()
          .satisfies(error -> {
            assertThat(error.line()).isEqualTo(3);
            assertThat(error.message()).contains("nested deeper than 100");
          });
    }
  }

  @Test
  void whatStandsInQuotesOrCommentsDoesNotCount() {
    String brackets = "[".repeat(MANY);
    assertThat(
            Nesting.tooDeepLine(
                "a = \""
                    + brackets
                    + "\\\""
                    + brackets
                    + "\" # "
                    + brackets
                    + "\n// "
                    + brackets
                    + "\nb = \"\"\""
                    + brackets
                    + "\n\"\"\""))
        .isZero();
    assertThat(Nesting.tooDeepLine("a { }\n".repeat(MANY))).as("not inside one another").isZero();
    assertThat(Nesting.tooDeepLine("a = \"\"\"\n\n\"\"\"\nb = " + brackets)).isEqualTo(4);
  }
}
