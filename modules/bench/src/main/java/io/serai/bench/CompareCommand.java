package io.serai.bench;

import io.serai.bench.load.Figures;
import io.serai.bench.load.LoadFailure;
import io.serai.bench.load.Pace;
import io.serai.bench.load.Scenario;
import io.serai.bench.load.Scenarios;
import io.serai.bench.peer.Peer;
import io.serai.bench.peer.Peers;
import io.serai.bench.peer.RunningPeer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code serai bench compare}: peers in turn, each run with a fresh start. */
@Command(
    name = "compare",
    description = {
      "Compares brokers that are installed.",
      "They run in turn (A B A B), each with a fresh start; the tables have medians, min-max and",
      "the ratio of CPU per delivery, the figure that survives a noisy machine.",
      "Peers that are not installed, or do not speak a scenario's protocols, are left out."
    },
    footer = {
      "",
      "./serai bench compare amqp-16 cross-16",
      "./serai bench compare --peers serai,nats --rounds 5 --latency mqtt-pairs-16",
      "",
      "qpid and hivemq are embedded: Maven fetches them when they are first named."
    })
final class CompareCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "SCENARIO", description = "As in ./serai bench scenarios.")
  List<String> names = new ArrayList<>();

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "NAME",
      description = "In this order; the first is what the others are compared with.")
  List<String> peerNames = new ArrayList<>(Peers.USUAL);

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Starts of every peer (default: 5).")
  int rounds = 5;

  @Mixin PeriodOptions period = new PeriodOptions(6);

  @Option(
      names = "--latency",
      description =
          "Afterwards also latencies, all peers at one constant rate: half of what the slowest"
              + " did.")
  boolean isLatencyWanted;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Latencies at this rate instead; without saturation runs.")
  double rate;

  @Option(names = "--json", description = "One JSON object a run instead of the tables.")
  boolean isJson;

  @Override
  public Integer call() throws InterruptedException {
    List<Scenario> scenarios = Bench.scenarios(names.isEmpty() ? Scenarios.USUAL : names, spec);
    List<Peer> peers = installed();
    Comparison comparison = new Comparison(peers.stream().map(Peer::name).toList());
    if (rate <= 0) {
      for (int round = 1; round <= rounds; round++) {
        run(scenarios, peers, comparison, round);
      }
    }
    if (rate > 0 || isLatencyWanted) {
      for (int round = 1; round <= rounds; round++) {
        runAtRate(scenarios, peers, comparison, round);
      }
    }
    if (!isJson) {
      spec.commandLine().getOut().print(comparison.table());
      spec.commandLine().getOut().flush();
    }
    return comparison.isGood() ? ExitCode.OK : ExitCode.PROBLEM;
  }

  private List<Peer> installed() {
    Peers all = Peers.ofEnvironment();
    List<Peer> installed = new ArrayList<>();
    for (String name : peerNames) {
      Peer peer = Bench.peer(all, name, spec);
      peer.missing()
          .ifPresentOrElse(
              why -> note("left out: " + name + ", " + why), () -> installed.add(peer));
    }
    return installed;
  }

  private void run(List<Scenario> scenarios, List<Peer> peers, Comparison comparison, int round)
      throws InterruptedException {
    for (Scenario scenario : scenarios) {
      for (Peer peer : peers) {
        measure(
            scenario,
            peer,
            Pace.closedLoop(period.warmSeconds(), period.seconds()),
            comparison,
            round);
      }
    }
  }

  private void runAtRate(
      List<Scenario> scenarios, List<Peer> peers, Comparison comparison, int round)
      throws InterruptedException {
    for (Scenario scenario : scenarios) {
      double perSecond = rate > 0 ? rate : Math.floor(comparison.slowest(scenario.name()) / 2);
      for (Peer peer : peers) {
        if (perSecond >= 1) {
          Pace pace = Pace.openLoop(period.warmSeconds(), period.seconds(), perSecond);
          measure(scenario, peer, pace, comparison, round);
        }
      }
    }
  }

  private void measure(Scenario scenario, Peer peer, Pace pace, Comparison comparison, int round)
      throws InterruptedException {
    if (!peer.speaks(scenario)) {
      return;
    }
    try (RunningPeer broker = peer.start();
        Runner runner = Runner.of(broker.target(), false)) {
      try {
        Figures figures = runner.run(scenario, pace);
        comparison.add(peer.name(), figures);
        tell(peer, round, figures);
      } catch (LoadFailure e) {
        note(peer.name() + ": " + broker.lastWords());
        throw e;
      }
    } catch (IOException | LoadFailure e) {
      comparison.addFailure(peer.name(), scenario.name());
      note("round " + round + ", " + peer.name() + " " + scenario.name() + ": " + e.getMessage());
    }
  }

  private void tell(Peer peer, int round, Figures figures) {
    if (isJson) {
      spec.commandLine().getOut().println(Json.of(Comparison.toMap(peer.name(), round, figures)));
    } else {
      note(String.format("round %d, %-9s %s", round, peer.name(), Report.line(figures).strip()));
    }
  }

  private void note(String text) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(text);
    err.flush();
  }
}
