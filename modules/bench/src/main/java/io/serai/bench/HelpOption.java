package io.serai.bench;

import picocli.CommandLine.Option;

/** {@code --help}, the same on every command. */
final class HelpOption {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  boolean isWanted;
}
