package io.serai.node;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Source;
import io.serai.config.RoutingConfig;
import io.serai.model.Spelling;
import io.serai.model.Value;
import io.serai.routing.DeclaredTopology;
import io.serai.routing.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The vhosts of the configuration, in the words of the routing core. */
public final class TopologyMapping {
  private static final String ALTERNATE_EXCHANGE = "alternate-exchange";

  private TopologyMapping() {}

  /** What the configuration declares. */
  public static DeclaredTopology declared(RoutingConfig config) {
    return new DeclaredTopology(
        config.vhosts().values().stream().map(TopologyMapping::vhost).toList());
  }

  /** What it declares in one vhost. */
  public static DeclaredTopology.Vhost vhost(RoutingConfig.Vhost vhost) {
    return new DeclaredTopology.Vhost(
        vhost.name(),
        vhost.exchanges().values().stream().map(TopologyMapping::exchange).toList(),
        vhost.queues().values().stream().map(TopologyMapping::queue).toList(),
        vhost.bindings().stream().map(TopologyMapping::binding).toList(),
        vhost.rules().stream().map(RuleMapping::rule).toList(),
        Stream.of(vhost.policies(), vhost.operatorPolicies())
            .flatMap(policies -> policies.values().stream())
            .map(TopologyMapping::policy)
            .toList());
  }

  static Policy policy(RoutingConfig.Policy policy) {
    return new Policy(
        policy.name(),
        Pattern.compile(policy.pattern()),
        switch (policy.applyTo()) {
          case QUEUES -> Policy.Target.QUEUES;
          case CLASSIC_QUEUES -> Policy.Target.CLASSIC_QUEUES;
          case QUORUM_QUEUES -> Policy.Target.QUORUM_QUEUES;
          case STREAMS -> Policy.Target.STREAMS;
          case EXCHANGES -> Policy.Target.EXCHANGES;
          case ALL -> Policy.Target.ALL;
        },
        policy.priority(),
        new Value.MapOf(entries(policy.definition())),
        policy.isOperators());
  }

  static ExchangeSpec exchange(RoutingConfig.Exchange exchange) {
    List<Value.Entry> arguments = new ArrayList<>(entries(exchange.arguments()));
    if (exchange.alternateExchange() != null) {
      arguments.add(
          new Value.Entry(
              new Value.Str(ALTERNATE_EXCHANGE), new Value.Str(exchange.alternateExchange())));
    }
    return new ExchangeSpec(
        exchange.name(),
        exchange.type(),
        exchange.durable() ? Lifetime.DURABLE : Lifetime.TRANSIENT,
        exchange.autoDelete(),
        exchange.internal(),
        new Value.MapOf(arguments),
        Source.CONF);
  }

  static QueueSpec queue(RoutingConfig.Queue queue) {
    QueueKind kind =
        switch (queue.type()) {
          case "classic" -> QueueKind.CLASSIC;
          case "volatile" -> QueueKind.VOLATILE;
          default -> throw new IllegalStateException("unchecked queue type " + queue.type());
        };
    return new QueueSpec(
        queue.name(),
        kind,
        queue.durable() ? Lifetime.DURABLE : Lifetime.TRANSIENT,
        queue.autoDelete(),
        new Value.MapOf(entries(queue.arguments())),
        Source.CONF);
  }

  private static BindingSpec binding(RoutingConfig.Binding binding) {
    return new BindingSpec(
        binding.source(),
        binding.destination(),
        binding.destinationType() == RoutingConfig.DestinationType.EXCHANGE,
        binding.key(),
        Spelling.DOT,
        new Value.MapOf(entries(binding.arguments())),
        null,
        Source.CONF);
  }

  private static List<Value.Entry> entries(Map<String, Object> arguments) {
    return arguments.entrySet().stream()
        .map(it -> new Value.Entry(new Value.Str(it.getKey()), value(it.getValue())))
        .toList();
  }

  private static Value value(Object written) {
    return switch (written) {
      case String text -> new Value.Str(text);
      case Boolean flag -> new Value.Bool(flag);
      case Integer number -> new Value.Long(number);
      case Long number -> new Value.Long(number);
      case Double number -> new Value.Double(number);
      case List<?> items -> new Value.ListOf(items.stream().map(TopologyMapping::value).toList());
      case Map<?, ?> members ->
          new Value.MapOf(
              members.entrySet().stream()
                  .map(it ->
                      new Value.Entry(
                          new Value.Str(String.valueOf(it.getKey())), value(it.getValue())))
                  .toList());
      default -> throw new IllegalStateException("unchecked argument type " + written.getClass());
    };
  }
}
