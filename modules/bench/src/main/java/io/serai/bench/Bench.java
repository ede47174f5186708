package io.serai.bench;

import io.serai.bench.load.Figures;
import io.serai.bench.load.LoadFailure;
import io.serai.bench.load.Pace;
import io.serai.bench.load.Scenario;
import io.serai.bench.load.Scenarios;
import io.serai.bench.load.Target;
import io.serai.bench.peer.Peer;
import io.serai.bench.peer.Peers;
import io.serai.bench.peer.RunningPeer;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code serai bench}: measures a broker under scenarios. */
@Command(
    name = "serai bench",
    description = {
      "Measures messages per second, latency and the broker's CPU per message.",
      "Every message is counted: lost, doubled, reordered or changed ones end it with exit code 1.",
      "Without --amqp and --mqtt a fresh node is started for every scenario and stopped after it."
    },
    synopsisSubcommandLabel = "[compare | connects | flood | jmh | scenarios]",
    footer = {
      "",
      "./serai bench                               the usual scenarios",
      "./serai bench amqp-16 mqtt-pairs-1k         these",
      "./serai bench amqp-16 --rate 20000          latency at a constant rate",
      "./serai bench cross-16 --half               both: saturation, then half of it",
      "./serai bench amqp-16 --amqp 127.0.0.1:5672 --pid 4711    a broker that runs already",
      "",
      "Exit codes: 0 ok, 1 messages not as sent or the broker failed, 2 usage, 3 cannot connect."
    })
public final class Bench implements Callable<Integer> {
  private static final double HALF_WARM_SECONDS = 2;

  @Mixin HelpOption help = new HelpOption();

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "SCENARIO",
      description = "What runs, then - and the body's size: ./serai bench scenarios lists them.")
  List<String> names = new ArrayList<>();

  @Mixin TargetOptions target = new TargetOptions();

  @Option(
      names = "--peer",
      paramLabel = "NAME",
      defaultValue = "serai",
      description =
          "The broker to start: serai, rabbitmq, mosquitto, nats, qpid, hivemq (default: serai).")
  String peer = "serai";

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Messages per second of all publishers, however the broker does (open loop).")
  double rate;

  @Option(names = "--half", description = "After the closed loop an open one at half its rate.")
  boolean isHalfWanted;

  @Mixin PeriodOptions period = new PeriodOptions(8);

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "So many messages instead, all measured, without warm-up.")
  long count;

  @Option(
      names = "--alloc",
      description = "Also heap bytes the broker's threads allocate, asked of its JVM over JMX.")
  boolean isAllocationWanted;

  @Option(names = "--json", description = "One JSON object a run instead of the table.")
  boolean isJson;

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args, writer(System.out), writer(System.err)));
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  /** Runs the command. Returns its exit code. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    return new CommandLine(new Bench())
        .addSubcommand(new CompareCommand())
        .addSubcommand(new ConnectsCommand())
        .addSubcommand(new FloodCommand())
        .addSubcommand(JmhCommand.commandLine())
        .addSubcommand(new ScenariosCommand())
        .setOut(out)
        .setErr(err)
        .setParameterExceptionHandler(Bench::explainUsage)
        .setExecutionExceptionHandler(Bench::explainFailure)
        .execute(args);
  }

  private static int explainUsage(ParameterException problem, String[] args) {
    CommandLine command = problem.getCommandLine();
    command.getErr().println("serai bench: " + problem.getMessage());
    command.getErr().println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }

  private static int explainFailure(
      Exception problem, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
    switch (problem) {
      case LoadFailure failure -> command.getErr().println("serai bench: " + failure.getMessage());
      case IOException failure -> {
        command.getErr().println("serai bench: " + failure.getMessage());
        return ExitCode.CANNOT_CONNECT;
      }
      default -> throw problem;
    }
    return ((LoadFailure) problem).isUnreachable() ? ExitCode.CANNOT_CONNECT : ExitCode.PROBLEM;
  }

  /** The scenarios of these names, or a usage error that lists the right ones. */
  static List<Scenario> scenarios(List<String> names, CommandSpec spec) {
    try {
      return names.stream().map(Scenarios::named).toList();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** The peer of this name, or a usage error that lists the right ones. */
  static Peer peer(Peers peers, String name, CommandSpec spec) {
    try {
      return peers.named(name);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Scenario> scenarios = scenarios(names.isEmpty() ? Scenarios.USUAL : names, spec);
    PrintWriter out = spec.commandLine().getOut();
    if (!isJson) {
      out.print(Report.head());
      out.flush();
    }
    boolean isGood = true;
    Target running = target.target();
    Peer started = running == null ? peer() : null;
    for (Scenario scenario : scenarios) {
      isGood &= started == null ? measure(scenario, running) : measure(scenario, started);
    }
    return isGood ? ExitCode.OK : ExitCode.PROBLEM;
  }

  private Peer peer() {
    Peer named = peer(Peers.ofEnvironment(), peer, spec);
    named
        .missing()
        .ifPresent(why -> {
          throw new ParameterException(spec.commandLine(), peer + ": " + why);
        });
    return named;
  }

  private boolean measure(Scenario scenario, Peer fresh) throws IOException, InterruptedException {
    if (!fresh.speaks(scenario)) {
      throw new ParameterException(
          spec.commandLine(), fresh.name() + " does not speak what " + scenario.name() + " needs");
    }
    try (RunningPeer broker = fresh.start()) {
      try {
        return measure(scenario, broker.target());
      } catch (LoadFailure e) {
        spec.commandLine().getErr().println(fresh.name() + ": " + broker.lastWords());
        throw e;
      }
    }
  }

  private boolean measure(Scenario scenario, @Nullable Target broker)
      throws IOException, InterruptedException {
    if (broker == null) {
      throw new IllegalArgumentException("neither a running broker nor one to start");
    }
    try (Runner runner = Runner.of(broker, isAllocationWanted)) {
      Figures figures = runner.run(scenario, pace());
      print(figures);
      boolean isGood = figures.check().isGood();
      if (isHalfWanted) {
        double half = Math.max(1, Math.floor(figures.publishedPerSecond() / 2));
        Figures slower =
            runner.run(scenario, Pace.openLoop(HALF_WARM_SECONDS, period.seconds(), half));
        print(slower);
        isGood &= slower.check().isGood();
      }
      return isGood;
    }
  }

  private Pace pace() {
    if (count > 0) {
      return Pace.counted(count, rate);
    }
    return rate > 0
        ? Pace.openLoop(period.warmSeconds(), period.seconds(), rate)
        : Pace.closedLoop(period.warmSeconds(), period.seconds());
  }

  private void print(Figures figures) {
    PrintWriter out = spec.commandLine().getOut();
    if (isJson) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("peer", target.isGiven() ? "given" : peer);
      map.putAll(figures.toMap());
      out.println(Json.of(map));
    } else {
      out.print(Report.line(figures));
      Report.notes(figures).forEach(note -> out.println("  " + note));
    }
    out.flush();
  }
}
