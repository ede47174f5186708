package io.serai.bench;

import io.serai.bench.load.Scenario;
import io.serai.bench.load.Scenarios;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code serai bench scenarios}. */
@Command(name = "scenarios", description = "Lists the scenarios.")
final class ScenariosCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.println("Name, then - and the size of a body: amqp-16, amqp-1k, amqp-64k.");
    out.println();
    for (Scenario scenario : Scenarios.all()) {
      out.printf("  %-12s %s%n", scenario.name(), scenario.describe());
    }
    return ExitCode.OK;
  }
}
