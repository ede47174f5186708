package io.serai.cli;

import io.serai.node.NodeProcess;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code serai demo}: a node with a rule from MQTT to AMQP, and a first message that takes it. */
@Command(
    name = "demo",
    description = "Starts the node with the rule of conf/demo.conf and shows a message crossing.",
    footer = {"", "Exit codes: 0 stopped as asked, 1 could not start, 2 usage."})
final class DemoCommand implements Callable<Integer> {
  @Mixin ConfigOptions options = new ConfigOptions();

  @Override
  public Integer call() {
    return new NodeProcess(options.request().withDemo())
        .run(node -> new DemoCrossing(node, System.out).show());
  }
}
