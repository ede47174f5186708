package io.serai.cli;

import io.serai.config.ConfigLoader;
import io.serai.config.ConfigResult;
import io.serai.config.Configuration;
import io.serai.config.RoutingConfigDiff;
import io.serai.node.Installed;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code serai diff}: what a node would change if it took over another configuration. */
@Command(
    name = "diff",
    description = {
      "Prints what a running node would change if OLD became NEW.",
      "+ is added, - removed, ~ changed; the rest waits for a restart."
    },
    footer = {"", "Exit codes: 0 compared, 1 one of them has problems, 2 usage."})
final class DiffCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Parameters(index = "0", paramLabel = "OLD", description = "Configuration before.")
  Path older = Path.of("");

  @Parameters(index = "1", paramLabel = "NEW", description = "Configuration after.")
  Path newer = Path.of("");

  private final PrintWriter out;
  private final PrintWriter err;

  DiffCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    ConfigLoader loader = Installed.find().loader();
    Configuration before = load(loader, older);
    Configuration after = load(loader, newer);
    if (before == null || after == null) {
      return ExitCode.PROBLEM;
    }
    List<String> live = RoutingConfigDiff.between(before.routing(), after.routing()).lines();
    List<String> later = before.restartNeeded(after);
    live.forEach(out::println);
    later.forEach(line -> out.println("after a restart: " + line));
    if (live.isEmpty() && later.isEmpty()) {
      out.println("no difference");
    }
    return ExitCode.OK;
  }

  private @Nullable Configuration load(ConfigLoader loader, Path file) {
    ConfigOptions options = new ConfigOptions();
    options.conf = file;
    return switch (loader.load(options.request())) {
      case ConfigResult.Invalid invalid -> {
        invalid.errors().forEach(err::println);
        yield null;
      }
      case ConfigResult.Valid valid -> valid.config();
    };
  }
}
