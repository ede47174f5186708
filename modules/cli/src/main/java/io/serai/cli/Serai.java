package io.serai.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;

/** The program. Alone it starts the node. */
@Command(
    name = "serai",
    description = "A message broker for AMQP 0-9-1, MQTT, STOMP and CoAP.",
    synopsisSubcommandLabel =
        "[start | demo | check | diff | route | delayed | store | verifier | version | help]",
    footer = {
      "",
      "The launcher script ./serai adds:",
      "  bench    Measures throughput and latency, also beside other brokers.",
      "  test     Runs the long tests.",
      "  build    Builds now.",
      "",
      "Exit codes: 0 ok, 1 problem found, 2 usage, 3 cannot connect."
    })
public final class Serai {
  @Mixin HelpOption help = new HelpOption();

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // numbers have the digits that protocols and tools expect
    System.exit(run(args, writer(System.out), writer(System.err)));
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  /** Runs the command. Returns its exit code once it is done: for {@code start}, after the stop. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    CommandLine commands =
        new CommandLine(new Serai())
            .addSubcommand(new StartCommand())
            .addSubcommand(new DemoCommand())
            .addSubcommand(new CheckCommand(out, err))
            .addSubcommand(new DiffCommand(out, err))
            .addSubcommand(new RouteCommand(out, err))
            .addSubcommand(new DelayedCommand(out, err))
            .addSubcommand(new StoreCommand(out, err))
            .addSubcommand(new VerifierCommand(out))
            .addSubcommand(new VersionCommand(out))
            .addSubcommand(new HelpCommand())
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler(UsageProblem::explain);
    return commands.execute(withCommand(args));
  }

  /** {@code serai --data x} means {@code serai start --data x}. */
  private static String[] withCommand(String[] args) {
    if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
      return new String[] {"version"};
    }
    boolean isStart =
        args.length == 0
            || (args[0].startsWith("-") && !args[0].equals("-h") && !args[0].equals("--help"));
    if (!isStart) {
      return args;
    }
    String[] longer = new String[args.length + 1];
    longer[0] = "start";
    System.arraycopy(args, 0, longer, 1, args.length);
    return longer;
  }
}
