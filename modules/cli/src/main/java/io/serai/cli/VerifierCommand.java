package io.serai.cli;

import io.serai.security.ScramSha256;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code serai verifier}: what to write in the configuration instead of a password. */
@Command(
    name = "verifier",
    description = {
      "Makes a SCRAM-SHA-256 verifier of a password, for users.NAME.verifier.",
      "The password is asked for, or is the first line of the standard input."
    },
    footer = {"", "Exit codes: 0 ok, 1 no password, 2 usage."})
final class VerifierCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Spec @Nullable CommandSpec spec;

  @Option(
      names = "--iterations",
      paramLabel = "COUNT",
      description =
          "Rounds of hashing, at least 4096; more make guessing and each login dearer."
              + " Default: ${DEFAULT-VALUE}.")
  int iterations = ScramSha256.STORED_ITERATIONS;

  private final PrintWriter out;
  private final BufferedReader in;

  VerifierCommand(PrintWriter out) {
    this(out, new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
  }

  VerifierCommand(PrintWriter out, BufferedReader in) {
    this.out = out;
    this.in = in;
  }

  @Override
  public Integer call() throws IOException {
    String password = password();
    if (password == null || password.isEmpty()) {
      err("no password was given");
      return ExitCode.PROBLEM;
    }
    try {
      out.println(ScramSha256.create(password, iterations).written());
      return ExitCode.OK;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec().commandLine(), e.getMessage(), e);
    }
  }

  private @Nullable String password() throws IOException {
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      return in.readLine();
    }
    char[] once = console.readPassword("Password: ");
    char[] again = once == null ? null : console.readPassword("Once more: ");
    if (once == null || again == null) {
      return null;
    }
    if (!Arrays.equals(once, again)) {
      err("the two differ");
      return null;
    }
    return new String(once);
  }

  private void err(String problem) {
    spec().commandLine().getErr().println("serai: " + problem);
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("run by picocli only");
    }
    return spec;
  }
}
