package io.serai.cli;

import io.serai.node.StoreBackup;
import io.serai.node.store.StoreExport;
import io.serai.node.store.StoreImport;
import io.serai.node.store.StoreReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code serai store}: looks into data folders and copies them. */
@Command(
    name = "store",
    description = "Looks into the data folder of a node, and copies it; changes nothing there.",
    synopsisSubcommandLabel = "(check | stats | backup | export | import)",
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

  @Command(
      name = "backup",
      description = {
        "Copies the data folder, also while its node runs on it.",
        "The copy is as of one moment; a node can be started on it."
      })
  int backup(
      @Parameters(paramLabel = "DIR", description = "The data folder.") Path folder,
      @Parameters(paramLabel = "TARGET", description = "A new or an empty folder.") Path target)
      throws InterruptedException {
    try {
      long bytes = StoreBackup.of(folder, target);
      out.println("ok: " + bytes + " bytes in " + target);
      return ExitCode.OK;
    } catch (IOException e) {
      out.println(e.getMessage());
      return ExitCode.PROBLEM;
    }
  }

  @Command(
      name = "export",
      description = {
        "Writes the data folder of a node that does not run as text, one JSON object to a line.",
        "Messages, streams with their offsets, definitions, sessions."
      })
  int export(
      @Parameters(paramLabel = "DIR", description = "The data folder.") Path folder,
      @Parameters(paramLabel = "FILE", description = "The file to make.") Path file) {
    if (!Files.isDirectory(folder)) {
      out.println(folder + " is no folder");
      return ExitCode.PROBLEM;
    }
    try (Writer to = Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW)) {
      out.println("ok: " + StoreExport.write(folder, to));
      return ExitCode.OK;
    } catch (FileAlreadyExistsException e) {
      out.println(file + " exists");
      return ExitCode.PROBLEM;
    } catch (IOException e) {
      out.println(e.getMessage());
      return ExitCode.PROBLEM;
    }
  }

  @Command(
      name = "import",
      description = {
        "Makes a data folder out of an export.",
        "The file is checked whole before anything is written."
      })
  int importInto(
      @Parameters(paramLabel = "DIR", description = "A new or an empty folder.") Path folder,
      @Parameters(paramLabel = "FILE", description = "What export has made.") Path file) {
    try {
      out.println("ok: " + StoreImport.read(file, folder));
      return ExitCode.OK;
    } catch (IOException e) {
      out.println(e.getMessage());
      return ExitCode.PROBLEM;
    }
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
