package io.serai.bench;

import io.serai.bench.cost.Meter;
import io.serai.bench.load.ConnectStorm;
import io.serai.bench.load.Target;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code serai bench connects}. */
@Command(
    name = "connects",
    description = {
      "Measures how many MQTT clients a second can connect, log in and leave again.",
      "Without --mqtt a fresh node is started and stopped. Client and broker share the machine."
    })
final class ConnectsCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin TargetOptions target = new TargetOptions();

  @Option(
      names = "--at-a-time",
      paramLabel = "N",
      defaultValue = "64",
      description = "Clients on their way at any moment (default: 64).")
  int places = 64;

  @Option(names = "--subscribe", description = "Each client subscribes to a topic of its own, too.")
  boolean subscribes;

  @Mixin PeriodOptions period = new PeriodOptions(8);

  @Override
  public Integer call() throws IOException, InterruptedException {
    return target.measure(this::measure);
  }

  private int measure(Target broker) throws IOException {
    Meter meter = broker.pid() == 0 ? Meter.withoutProcess() : Meter.of(broker.pid(), null);
    ConnectStorm.Result result =
        ConnectStorm.run(broker, places, subscribes, period.warmSeconds(), period.seconds(), meter);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%.0f connects/s, p50 %.1f ms, p99 %.1f ms, broker %.0f us and tool %.0f us of CPU each%n",
        result.perSecond(),
        result.p50Micros() / 1e3,
        result.p99Micros() / 1e3,
        result.spent().brokerSeconds() / Math.max(1, result.connects()) * 1e6,
        result.spent().toolSeconds() / Math.max(1, result.connects()) * 1e6);
    out.flush();
    return result.connects() > 0 ? ExitCode.OK : ExitCode.PROBLEM;
  }
}
