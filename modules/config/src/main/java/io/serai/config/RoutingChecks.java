package io.serai.config;

import io.serai.config.RoutingConfig.Binding;
import io.serai.config.RoutingConfig.DestinationType;
import io.serai.config.RoutingConfig.Exchange;
import io.serai.config.RoutingConfig.Queue;
import io.serai.config.RoutingConfig.Vhost;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Checks that everything a vhost names exists: types, both ends of bindings, alternates. */
final class RoutingChecks {
  /** Types of queues that are an argument, as RabbitMQ's clients say them. */
  private static final Set<String> ARGUMENT_TYPES = Set.of("quorum", "stream");

  private final Vocabulary vocabulary;
  private final Problems problems;
  private final QueueArguments arguments;

  RoutingChecks(Vocabulary vocabulary, Problems problems) {
    this.vocabulary = vocabulary;
    this.problems = problems;
    this.arguments = new QueueArguments(vocabulary.core(), problems);
  }

  void check(Section at, Vhost vhost) {
    if (vhost.name().isEmpty() || vhost.name().length() > 255) {
      problems.error(at.place(), at.path().toString(), "a vhost name has 1 to 255 characters", "");
    }
    at.block("exchanges")
        .blocks()
        .forEach((name, block) -> exchange(block, vhost, known(vhost.exchanges(), name)));
    at.block("queues")
        .blocks()
        .forEach((name, block) -> queue(block, vhost, known(vhost.queues(), name)));
    bindings(at, vhost);
  }

  private static <V> V known(Map<String, V> byName, String name) {
    V value = byName.get(name);
    if (value == null) {
      throw new IllegalStateException("read and checked sections differ at " + name);
    }
    return value;
  }

  private void exchange(Section at, Vhost vhost, Exchange exchange) {
    name(at, exchange.name(), "an exchange");
    if (exchange.name().startsWith("amq.") || exchange.name().isEmpty()) {
      problems.error(
          at.place(),
          at.path().toString(),
          "names that start with amq. are predeclared or reserved",
          "remove the block: these exchanges exist in every vhost");
    }
    if (!vocabulary.exchangeTypes().contains(exchange.type())) {
      problems.error(
          at.placeOf(RoutingKeys.EXCHANGE_TYPE),
          at.pathOf(RoutingKeys.EXCHANGE_TYPE),
          "unknown exchange type " + Found.quoted(exchange.type()),
          Suggestions.didYouMean(exchange.type(), vocabulary.exchangeTypes()));
    } else {
      String refusal = vocabulary.core().problem(exchange);
      if (refusal != null) {
        problems.error(
            at.placeOf(RoutingKeys.EXCHANGE_ARGUMENTS),
            at.path().then("arguments").toString(),
            refusal,
            "");
      }
    }
    String alternate = exchange.alternateExchange();
    if (alternate != null) {
      if (alternate.equals(exchange.name())) {
        problems.error(
            at.placeOf(RoutingKeys.ALTERNATE_EXCHANGE),
            at.pathOf(RoutingKeys.ALTERNATE_EXCHANGE),
            "an exchange cannot be its own alternate",
            "");
      }
      requireExchange(at, RoutingKeys.ALTERNATE_EXCHANGE, alternate, vhost);
    }
  }

  private void queue(Section at, Vhost vhost, Queue queue) {
    name(at, queue.name(), "a queue");
    if (queue.name().startsWith("amq.")) {
      problems.error(
          at.place(), at.path().toString(), "queue names that start with amq. are reserved", "");
    }
    boolean isKnownType = vocabulary.queueTypes().contains(queue.type());
    if (!isKnownType) {
      problems.error(
          at.placeOf(RoutingKeys.QUEUE_TYPE),
          at.pathOf(RoutingKeys.QUEUE_TYPE),
          "unknown queue type " + Found.quoted(queue.type()),
          ARGUMENT_TYPES.contains(queue.type())
              ? "write arguments { x-queue-type = " + queue.type() + " }"
              : Suggestions.didYouMean(queue.type(), vocabulary.queueTypes()));
    }
    arguments.check(at, vhost.name(), queue, isKnownType);
    if (queue.arguments().get("x-dead-letter-exchange") instanceof String target
        && !exists(target, vhost)) {
      problems.error(
          at.placeOf(RoutingKeys.QUEUE_ARGUMENTS),
          at.path().then("arguments").then("x-dead-letter-exchange").toString(),
          "there is no exchange " + Found.quoted(target),
          Suggestions.didYouMean(target, exchangeNames(vhost)));
    }
  }

  private void name(Section at, String name, String what) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > 255) {
      problems.error(
          at.place(), at.path().toString(), "the name of " + what + " has 1 to 255 bytes", "");
    }
  }

  private void bindings(Section at, Vhost vhost) {
    Map<Binding, Place> seen = new HashMap<>();
    for (Section element : at.list("bindings")) {
      element
          .find(RoutingKeys.BINDING_SOURCE)
          .ifPresent(source -> bindingSource(element, source, vhost));
      element
          .find(RoutingKeys.BINDING_DESTINATION)
          .ifPresent(destination -> bindingDestination(element, destination, vhost));
      if (RoutingReader.isWholeBinding(element)) {
        Place first = seen.putIfAbsent(RoutingReader.binding(element), element.place());
        if (first != null) {
          problems.warn(
              element.place(),
              element.path().toString(),
              "the same binding stands at " + problems.shown(first.toString()),
              "remove one");
        }
        bindingKey(element, vhost);
      }
    }
  }

  private void bindingSource(Section at, String source, Vhost vhost) {
    requireExchange(at, RoutingKeys.BINDING_SOURCE, source, vhost);
  }

  private void bindingDestination(Section at, String destination, Vhost vhost) {
    if (at.get(RoutingKeys.BINDING_DESTINATION_TYPE) == DestinationType.EXCHANGE) {
      requireExchange(at, RoutingKeys.BINDING_DESTINATION, destination, vhost);
    } else if (!vhost.queues().containsKey(destination)) {
      boolean isExchange = vhost.exchanges().containsKey(destination);
      problems.error(
          at.placeOf(RoutingKeys.BINDING_DESTINATION),
          at.pathOf(RoutingKeys.BINDING_DESTINATION),
          "there is no queue " + Found.quoted(destination),
          isExchange
              ? "it is an exchange: set destination-type = exchange"
              : suggestName(destination, vhost.queues().keySet(), "declare it below queues"));
    }
  }

  /** A topic exchange reads keys as filters: a slash or a plus there is a slip of the spelling. */
  private void bindingKey(Section at, Vhost vhost) {
    String source = at.get(RoutingKeys.BINDING_SOURCE);
    String key = at.get(RoutingKeys.BINDING_KEY);
    Exchange exchange = vhost.exchanges().get(source);
    String type =
        exchange != null ? exchange.type() : PredeclaredExchanges.TYPES.getOrDefault(source, "");
    if (type.equals("topic") && (key.contains("/") || key.equals("+") || key.contains("+."))) {
      problems.warn(
          at.placeOf(RoutingKeys.BINDING_KEY),
          at.pathOf(RoutingKeys.BINDING_KEY),
          "a binding key is in AMQP spelling, " + Found.quoted(key) + " looks like MQTT's",
          "did you mean \"" + key.replace('/', '.').replace('+', '*') + "\"?");
    }
  }

  private void requireExchange(Section at, Key<String> key, String name, Vhost vhost) {
    if (!exists(name, vhost)) {
      problems.error(
          at.placeOf(key),
          at.pathOf(key),
          "there is no exchange " + Found.quoted(name),
          suggestName(name, exchangeNames(vhost), "declare it below exchanges"));
    }
  }

  static String suggestName(String name, Iterable<String> names, String otherwise) {
    TreeSet<String> candidates = new TreeSet<>();
    names.forEach(candidates::add);
    String close = Suggestions.closest(name, candidates);
    return close.isEmpty() ? otherwise : "did you mean \"" + close + "\"?";
  }

  static boolean exists(String exchange, Vhost vhost) {
    return vhost.exchanges().containsKey(exchange)
        || PredeclaredExchanges.TYPES.containsKey(exchange);
  }

  static TreeSet<String> exchangeNames(Vhost vhost) {
    TreeSet<String> names = new TreeSet<>(vhost.exchanges().keySet());
    names.addAll(PredeclaredExchanges.TYPES.keySet());
    names.remove("");
    return names;
  }
}
