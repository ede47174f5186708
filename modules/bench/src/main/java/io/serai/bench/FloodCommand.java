package io.serai.bench;

import io.serai.bench.load.Figures;
import io.serai.bench.load.Flood;
import io.serai.bench.load.Pace;
import io.serai.bench.load.Scenario;
import io.serai.bench.load.Scenarios;
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

/** {@code serai bench flood}. */
@Command(
    name = "flood",
    description = {
      "Measures what a client that publishes as fast as it can costs the latency of the others:",
      "pairs of MQTT clients at a constant rate, first alone, then beside the flood.",
      "Without --mqtt a fresh node is started and stopped. All of it shares the machine's cores."
    })
final class FloodCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin TargetOptions target = new TargetOptions();

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Messages a second of all 50 pairs (default: 1000).")
  double rate = 1000;

  @Option(
      names = "--floods",
      paramLabel = "N",
      defaultValue = "1",
      description = "Clients that flood (default: 1).")
  int floods = 1;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      defaultValue = "16",
      description = "Body of a flooding message (default: 16).")
  int bodyBytes = 16;

  @Mixin PeriodOptions period = new PeriodOptions(8);

  @Option(
      names = "--most",
      paramLabel = "RATIO",
      defaultValue = "0",
      description = "Exit code 1 when the p99 grows by more than this factor.")
  double most;

  @Override
  public Integer call() throws IOException, InterruptedException {
    return target.measure(this::measure);
  }

  private int measure(Target broker) throws IOException, InterruptedException {
    Scenario pairs = Scenarios.named("mqtt-pairs-16");
    Pace pace = Pace.openLoop(period.warmSeconds(), period.seconds(), rate);
    try (Runner runner = Runner.of(broker, false)) {
      heat(broker);
      Figures alone = runner.run(pairs, pace);
      print("alone", alone);
      Flood[] all = new Flood[floods];
      for (int i = 0; i < floods; i++) {
        all[i] = new Flood(broker, i, bodyBytes);
      }
      long since = System.nanoTime();
      Figures beside = runner.run(pairs, pace);
      double elapsed = (System.nanoTime() - since) / 1e9;
      print("beside", beside);
      PrintWriter out = spec.commandLine().getOut();
      for (Flood flood : all) {
        out.printf(
            Locale.ROOT,
            "flood   %.0f/s in, %.0f/s out%n",
            flood.published() / elapsed,
            flood.received() / elapsed);
        flood.close();
      }
      double ratio = beside.latency().p99() / alone.latency().p99();
      out.printf(Locale.ROOT, "p99 grows by a factor of %.2f%n", ratio);
      out.flush();
      boolean isGood = alone.check().isGood() && beside.check().isGood();
      return isGood && (most == 0 || ratio <= most) ? ExitCode.OK : ExitCode.PROBLEM;
    }
  }

  /** A flood before anything counts, so that both runs find the same code compiled. */
  private void heat(Target broker) throws IOException, InterruptedException {
    try (Flood flood = new Flood(broker, floods, bodyBytes)) {
      Thread.sleep((long) (period.warmSeconds() * 1000));
    }
  }

  private void print(String label, Figures figures) {
    Figures.Percentiles latency = figures.latency();
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%-7s %.0f/s, p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms; broker %.2f cores, others %.2f%n",
        label,
        figures.deliveredPerSecond(),
        latency.p50() / 1e3,
        latency.p99() / 1e3,
        latency.p999() / 1e3,
        figures.cpu().brokerCores(),
        figures.cpu().otherCores());
    out.flush();
  }
}
