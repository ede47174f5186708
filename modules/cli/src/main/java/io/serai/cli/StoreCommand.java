package io.serai.cli;

import io.serai.node.store.StoreReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code serai store}: looks into the data folder of a node that does not run. */
@Command(
    name = "store",
    description = "Looks into the data folder of a node that does not run; changes nothing.",
    synopsisSubcommandLabel = "(check | stats)",
    footer = {"", "Exit codes: 0 whole, 1 damaged or not readable, 2 usage."})
final class StoreCommand {
  @Mixin HelpOption help = new HelpOption();

  private final PrintWriter out;

  StoreCommand(PrintWriter out) {
    this.out = out;
  }

  @Command(name = "check", description = "Reads every record and reports damage.")
  int check(@Parameters(paramLabel = "DIR", description = "The data folder.") Path folder) {
    return report(folder, false);
  }

  @Command(name = "stats", description = "Counts what is stored, and where.")
  int stats(@Parameters(paramLabel = "DIR", description = "The data folder.") Path folder) {
    return report(folder, true);
  }

  private int report(Path folder, boolean withSegments) {
    if (!Files.isDirectory(folder)) {
      out.println(folder + " is no folder");
      return ExitCode.PROBLEM;
    }
    try {
      StoreReport report = StoreReport.of(folder);
      report.findings().forEach(out::println);
      if (withSegments) {
        report.segments().forEach(out::println);
      }
      out.println((report.isWhole() ? "ok: " : "damaged: ") + report.summary());
      return report.isWhole() ? ExitCode.OK : ExitCode.PROBLEM;
    } catch (IOException e) {
      out.println(e.getMessage());
      return ExitCode.PROBLEM;
    }
  }
}
