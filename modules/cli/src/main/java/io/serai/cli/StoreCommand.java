package io.serai.cli;

import io.serai.config.FileReason;
import io.serai.node.StoreBackup;
import io.serai.node.StoreFolder;
import io.serai.node.store.StoreExport;
import io.serai.node.store.StoreImport;
import io.serai.node.store.StoreReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code serai store}: looks into data folders and copies them. */
@Command(
    name = "store",
    description = "Checks, copies, exports and imports the data folder of a node.",
    synopsisSubcommandLabel = "(check | stats | backup | export | import)",
    footer = {"", "Exit codes: 0 whole, 1 damaged or not readable, 2 usage."})
final class StoreCommand {
  @Mixin HelpOption help = new HelpOption();

  private final PrintWriter out;
  private final PrintWriter err;

  StoreCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  /** The folder that a subcommand looks into. */
  static final class Source {
    @Mixin HelpOption help = new HelpOption();

    @Parameters(index = "0", paramLabel = "DIR", description = "The data folder.")
    Path folder = Path.of("");
  }

  /** Work that answers something, or fails for a reason that a person can do something about. */
  private interface Work<T> {
    T run() throws IOException, InterruptedException;
  }

  @Command(name = "check", description = "Reads every record and reports damage.")
  int check(@Mixin Source source) throws InterruptedException {
    return report(source.folder, false);
  }

  @Command(name = "stats", description = "Counts what is stored, and where.")
  int stats(@Mixin Source source) throws InterruptedException {
    return report(source.folder, true);
  }

  @Command(
      name = "backup",
      description = {
        "Copies the data folder, also while its node runs on it.",
        "The copy is as of one moment; a node can be started on it."
      })
  int backup(
      @Mixin Source source,
      @Parameters(index = "1", paramLabel = "TARGET", description = "A new or an empty folder.")
          Path target)
      throws InterruptedException {
    return tell(() -> StoreBackup.of(source.folder, target) + " bytes in " + target);
  }

  @Command(
      name = "export",
      description = {
        "Writes the data folder of a node that does not run as text, one JSON object to a line.",
        "Messages, streams with their offsets, definitions, sessions."
      })
  int export(
      @Mixin Source source,
      @Parameters(index = "1", paramLabel = "FILE", description = "The file to make.") Path file)
      throws InterruptedException {
    return tell(() -> {
      StoreFolder.check(source.folder);
      return exportTo(source.folder, file);
    });
  }

  private static String exportTo(Path folder, Path file) throws IOException {
    try {
      Files.createFile(file);
    } catch (IOException e) {
      throw new IOException("%s cannot be made: %s".formatted(file, FileReason.of(e)), e);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        Writer to = Channels.newWriter(channel, StandardCharsets.UTF_8)) {
      String written = StoreExport.write(folder, to);
      channel.force(true);
      return written;
    } catch (IOException | IllegalStateException e) {
      Files.deleteIfExists(file);
      throw new IOException(
          "no export, and nothing is left of %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  @Command(
      name = "import",
      description = {
        "Makes a data folder out of an export.",
        "The file is checked whole before anything is written."
      })
  int importInto(
      @Mixin HelpOption help, // nothing asks it: with --help picocli does not come here
      @Parameters(paramLabel = "DIR", description = "A new or an empty folder.") Path folder,
      @Parameters(paramLabel = "FILE", description = "What export has made.") Path file)
      throws InterruptedException {
    return tell(() -> StoreImport.read(file, folder));
  }

  /** Does what answers what to say of it when it is done. */
  private int tell(Work<String> work) throws InterruptedException {
    return attempt(() -> {
      out.println("ok: " + work.run());
      return ExitCode.OK;
    });
  }

  /** Does what answers the exit code; what goes wrong is told, and that is a problem. */
  private int attempt(Work<Integer> work) throws InterruptedException {
    try {
      return work.run();
    } catch (IOException | IllegalStateException e) {
      err.println(reason(e));
      return ExitCode.PROBLEM;
    }
  }

  /** What went wrong; exceptions of the file system name little more than the file. */
  private static String reason(Exception e) {
    return e instanceof FileSystemException file
        ? file.getFile() + ": " + FileReason.of(file)
        : String.valueOf(e.getMessage());
  }

  private int report(Path folder, boolean withSegments) throws InterruptedException {
    return attempt(() -> {
      StoreFolder.check(folder);
      StoreReport report = StoreReport.of(folder);
      report.findings().forEach(out::println);
      if (withSegments) {
        report.segments().forEach(out::println);
      }
      out.println((report.isWhole() ? "ok: " : "damaged: ") + report.summary());
      return report.isWhole() ? ExitCode.OK : ExitCode.PROBLEM;
    });
  }
}
