package io.serai.cli;

import io.serai.node.Version;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code serai version}. */
@Command(name = "version", description = "Prints the versions of Serai and of the Java it runs on.")
final class VersionCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();
  private final PrintWriter out;

  VersionCommand(PrintWriter out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    out.printf(
        "serai %s, Java %s (%s)%n",
        Version.current(), Runtime.version(), System.getProperty("java.vendor"));
    return ExitCode.OK;
  }
}
