package io.serai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.ScramVerifier;
import io.serai.security.ScramSha256;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class VerifierCommandTest {
  private final StringWriter err = new StringWriter();

  private CommandRun run(String input, String... args) {
    StringWriter out = new StringWriter();
    PrintWriter printed = new PrintWriter(out, true);
    CommandLine line =
        new CommandLine(new VerifierCommand(printed, new BufferedReader(new StringReader(input))));
    int exitCode = line.setOut(printed).setErr(new PrintWriter(err, true)).execute(args);
    return new CommandRun(exitCode, out.toString(), err.toString());
  }

  @Test
  void theFirstLineOfTheInputBecomesAVerifierThatTheConfigurationTakes() {
    CommandRun run = run("s3cret pass\nmore\n", "--iterations", "4096");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).endsWith(System.lineSeparator()).doesNotContain("s3cret");
    String written = run.out().strip();
    assertThat(ScramSha256.parse(written).verifies("s3cret pass")).isTrue();
    assertThat(ScramVerifier.parse(written).iterations()).isEqualTo(4096);
  }

  @Test
  void withoutAPasswordNothingIsPrinted() {
    for (String input : new String[] {"", "\n"}) {
      CommandRun run = run(input);
      assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).contains("no password was given");
    }
  }

  @Test
  void tooFewIterationsAreRefused() {
    CommandRun run = run("secret\n", "--iterations", "100");

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("100 iterations").doesNotContain("secret");
  }

  @Test
  void theProgramKnowsTheCommand() {
    assertThat(CommandRun.of("verifier", "--help").out()).contains("users.NAME.verifier");
  }
}
