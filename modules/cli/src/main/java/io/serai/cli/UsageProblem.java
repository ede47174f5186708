package io.serai.cli;

import io.serai.config.Suggestions;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line, what was probably meant, and where help is. */
final class UsageProblem {
  private UsageProblem() {}

  /** Tells it on the error stream. Returns the exit code. */
  static int explain(ParameterException problem, String[] args) {
    CommandLine command = problem.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("serai: " + text(problem, command));
    err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }

  private static String text(ParameterException problem, CommandLine command) {
    if (!(problem instanceof UnmatchedArgumentException unmatched)) {
      return Objects.requireNonNullElse(problem.getMessage(), "the command line is wrong");
    }
    String word = unmatched.getUnmatched().getFirst();
    if (word.startsWith("-")) {
      return unknown("option", word, command.getCommandSpec().optionsMap().keySet());
    }
    Collection<String> commands = command.getSubcommands().keySet();
    return commands.isEmpty()
        ? "one argument too many: \"%s\"".formatted(word)
        : unknown("command", word, commands);
  }

  private static String unknown(String what, String word, Collection<String> known) {
    return "unknown %s \"%s\"; %s"
        .formatted(what, word, Suggestions.didYouMean(word.split("=", 2)[0], known));
  }
}
