package io.serai.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code serai bench jmh}: the micro benchmarks. */
@Command(
    name = "jmh",
    description = "Runs JMH benchmarks: all, or those whose name matches a pattern.",
    footer = {
      "",
      "Further arguments are JMH's own, for instance -prof gc, -f 1, -wi 2, -l (list)."
    })
final class JmhCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "PATTERN", description = "A regular expression, as in Shard.*deep.")
  List<String> words = new ArrayList<>();

  /** The command with JMH's own options among its words, each before its value. */
  static CommandLine commandLine() {
    return new CommandLine(new JmhCommand()).setUnmatchedOptionsArePositionalParams(true);
  }

  @Override
  public Integer call() throws RunnerException {
    try {
      CommandLineOptions options = new CommandLineOptions(words.toArray(String[]::new));
      org.openjdk.jmh.runner.Runner runner = new org.openjdk.jmh.runner.Runner(options);
      if (options.shouldList()) {
        runner.list();
        return ExitCode.OK;
      }
      List<RunResult> results = List.copyOf(runner.run());
      return results.isEmpty() ? ExitCode.PROBLEM : ExitCode.OK;
    } catch (CommandLineOptionException e) {
      throw new ParameterException(spec.commandLine(), "JMH: " + e.getMessage(), e);
    }
  }
}
