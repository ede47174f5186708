package io.serai.cli;

import io.serai.config.ConfigError;
import io.serai.config.ConfigResult;
import io.serai.config.Configuration;
import io.serai.config.RoutingConfig;
import io.serai.node.Certificates;
import io.serai.node.Installed;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code serai check}: everything that is wrong with a configuration, without starting it. */
@Command(
    name = "check",
    description = {
      "Checks a configuration and prints every problem with file and line.",
      "Problems and warnings go to the standard error, as those of a start do."
    },
    footer = {"", "Exit codes: 0 nothing wrong, 1 problems found, 2 usage."})
final class CheckCommand implements Callable<Integer> {
  @Mixin ConfigOptions options = new ConfigOptions();

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "The same as --conf FILE.")
  @Nullable Path file;

  private final PrintWriter out;
  private final PrintWriter err;

  CheckCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    if (file != null) {
      options.conf = file;
    }
    return switch (Installed.find().loader().load(options.request())) {
      case ConfigResult.Invalid invalid -> {
        warn(invalid);
        yield found(invalid.errors().stream().map(ConfigError::toString).toList());
      }
      case ConfigResult.Valid valid -> {
        warn(valid);
        List<String> problems = Certificates.problems(valid.config());
        if (problems.isEmpty()) {
          out.println("ok: " + summary(valid.config()));
        }
        yield problems.isEmpty() ? ExitCode.OK : found(problems);
      }
    };
  }

  private int found(List<String> problems) {
    problems.forEach(err::println);
    err.println(count(problems.size(), "problem") + " found");
    return ExitCode.PROBLEM;
  }

  private void warn(ConfigResult result) {
    for (ConfigError warning : result.warnings()) {
      err.println("warning: " + warning);
    }
  }

  private static String summary(Configuration config) {
    int exchanges = 0;
    int queues = 0;
    int bindings = 0;
    int rules = 0;
    int policies = 0;
    for (RoutingConfig.Vhost vhost : config.routing().vhosts().values()) {
      exchanges += vhost.exchanges().size();
      queues += vhost.queues().size();
      bindings += vhost.bindings().size();
      rules += vhost.rules().size();
      policies += vhost.policies().size() + vhost.operatorPolicies().size();
    }
    return String.join(
        ", ",
        List.of(
            count(config.server().listeners().size(), "listener"),
            count(config.server().users().size(), "user"),
            count(config.routing().vhosts().size(), "vhost"),
            count(exchanges, "exchange"),
            count(queues, "queue"),
            count(bindings, "binding"),
            count(rules, "rule"),
            policies == 1 ? "1 policy" : policies + " policies"));
  }

  private static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }
}
