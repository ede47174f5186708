package io.serai.cli;

import io.serai.config.ConfigResult;
import io.serai.config.Configuration;
import io.serai.config.RoutingConfig;
import io.serai.config.Suggestions;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import io.serai.node.Installed;
import io.serai.node.TopologyMapping;
import io.serai.routing.RoutePreview;
import io.serai.routing.RouteStep;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code serai route}: where a message would go, by the configuration alone. */
@Command(
    name = "route",
    description = {
      "Tells where a message would go: which rules, exchanges and queues it takes.",
      "Knows what the configuration declares, not what clients declare while the node runs."
    },
    footer = {
      "",
      "  serai route plant/1/temp                            as published over MQTT",
      "  serai route --protocol amqp --exchange plant temp.1",
      "",
      "Exit codes: 0 some queue gets it, 1 none does or the configuration is bad, 2 usage."
    })
final class RouteCommand implements Callable<Integer> {
  private static final String MQTT = "mqtt";
  private static final String COAP = "coap";
  private static final String AMQP = "amqp";

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--protocol",
      paramLabel = "NAME",
      description = "What the publisher speaks (default: ${DEFAULT-VALUE}).")
  String protocol = MQTT;

  @Option(
      names = "--exchange",
      paramLabel = "NAME",
      description = "Exchange it publishes to (default: the default one for amqp, else amq.topic).")
  @Nullable String exchange;

  @Option(
      names = "--vhost",
      paramLabel = "NAME",
      description = "Vhost of its connection (default: ${DEFAULT-VALUE}).")
  String vhost = "/";

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Its user (default: ${DEFAULT-VALUE}).")
  String user = "guest";

  @Option(
      names = "--header",
      paramLabel = "NAME=VALUE",
      description = "A header of the message, for headers exchanges; may be repeated.")
  Map<String, String> headers = new LinkedHashMap<>();

  @Parameters(
      paramLabel = "TOPIC",
      description = "Topic in MQTT spelling for mqtt and coap, else the routing key.")
  String topic = "";

  private final PrintWriter out;
  private final PrintWriter err;

  RouteCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    Installed installed = Installed.find();
    checkMessage(installed.gateways().keySet());
    return switch (installed.loader().load(options.request())) {
      case ConfigResult.Invalid invalid -> {
        invalid.errors().forEach(err::println);
        yield ExitCode.PROBLEM;
      }
      case ConfigResult.Valid valid -> route(valid.config());
    };
  }

  private void checkMessage(Set<String> protocols) {
    if (!protocols.contains(protocol)) {
      throw new ParameterException(
          spec.commandLine(),
          "unknown protocol \"%s\"; %s"
              .formatted(protocol, Suggestions.didYouMean(protocol, protocols)));
    }
    if (isSpelledLikeMqtt() && (topic.contains("+") || topic.contains("#"))) {
      throw new ParameterException(
          spec.commandLine(),
          "\"%s\" is a filter; name one topic that a client publishes to".formatted(topic));
    }
  }

  private boolean isSpelledLikeMqtt() {
    return protocol.equals(MQTT) || protocol.equals(COAP);
  }

  private int route(Configuration config) {
    RoutingConfig.Vhost declared = config.routing().vhosts().get(vhost);
    if (declared == null) {
      err.printf(
          "there is no vhost \"%s\"; %s%n",
          vhost, Suggestions.didYouMean(vhost, config.routing().vhosts().keySet()));
      return ExitCode.PROBLEM;
    }
    Message message = message();
    out.printf(
        "%s publishes to exchange \"%s\" with key %s%n",
        user + " over " + protocol,
        message.address().exchange(),
        message.topic().spelled(Spelling.DOT));
    RoutePreview preview = RoutePreview.of(TopologyMapping.vhost(declared), message);
    preview.steps().forEach(step -> out.println("  " + line(step)));
    out.println(verdict(preview));
    return preview.queues().isEmpty() ? ExitCode.PROBLEM : ExitCode.OK;
  }

  private Message message() {
    String usual = protocol.equals(AMQP) ? "" : Address.TOPIC_EXCHANGE;
    Spelling spelling = isSpelledLikeMqtt() ? Spelling.SLASH : Spelling.DOT;
    Address address = new Address(exchange != null ? exchange : usual, Topic.of(topic, spelling));
    Headers given =
        Headers.of(
            headers.entrySet().stream()
                .map(it -> new Header(it.getKey(), new Value.Str(it.getValue())))
                .toList());
    return new Message(
        address,
        new Encoding.Neutral(Properties.NONE, given),
        Body.EMPTY,
        new Origin(protocol, vhost, user, ""),
        0);
  }

  private static String line(RouteStep step) {
    return switch (step) {
      case RouteStep.Rule(String name, String to, String key) ->
          "rule %s: also to exchange \"%s\" with key %s".formatted(name, to, key);
      case RouteStep.AtExchange(String name, String type) ->
          "exchange %s (%s)".formatted(name, type);
      case RouteStep.NoExchange(String name) -> "there is no exchange " + name;
      case RouteStep.Matched(_, String key, String destination, boolean toExchange) ->
          "  binding \"%s\" -> %s %s"
              .formatted(key, toExchange ? "exchange" : "queue", destination);
      case RouteStep.Alternate(_, String alternate) ->
          "  no binding matches -> alternate exchange " + alternate;
      case RouteStep.ByName(String queue, boolean exists) ->
          "default exchange: " + (exists ? "queue " : "no queue ") + queue;
      case RouteStep.Waits(String held) -> "exchange " + held + " holds it until its delay is over";
    };
  }

  private static String verdict(RoutePreview preview) {
    if (!preview.queues().isEmpty()) {
      return "goes to " + String.join(", ", preview.queues());
    }
    return switch (preview.result()) {
      case NO_EXCHANGE -> "refused: there is no such exchange";
      case INTERNAL_EXCHANGE -> "refused: the exchange takes messages from other exchanges only";
      case ROUTED, UNROUTABLE, DENIED, SHED -> "goes nowhere";
    };
  }
}
