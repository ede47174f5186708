package io.serai.cli;

import io.serai.node.NodeProcess;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code serai start}: runs the node until it is told to stop. */
@Command(
    name = "start",
    description = "Starts the node and runs until SIGTERM or Ctrl-C.",
    footer = {"", "Exit codes: 0 stopped as asked, 1 could not start, 2 usage."})
final class StartCommand implements Callable<Integer> {
  @Mixin ConfigOptions options = new ConfigOptions();

  @Override
  public Integer call() {
    return new NodeProcess(options.request()).run(_ -> {});
  }
}
