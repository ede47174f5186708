package io.serai.config;

import io.serai.config.RoutingConfig.Binding;
import io.serai.config.RoutingConfig.Exchange;
import io.serai.config.RoutingConfig.Policy;
import io.serai.config.RoutingConfig.Queue;
import io.serai.config.RoutingConfig.Rule;
import io.serai.config.RoutingConfigDiff.Changed;
import io.serai.config.RoutingConfigDiff.Delta;
import io.serai.config.RoutingConfigDiff.Fate;
import io.serai.config.RoutingConfigDiff.VhostDiff;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a {@link RoutingConfigDiff} as lines that can be read aloud. */
final class DiffLines {
  private final List<String> lines = new ArrayList<>();

  private DiffLines() {}

  static List<String> of(RoutingConfigDiff diff) {
    DiffLines writer = new DiffLines();
    diff.vhosts().forEach(writer::vhost);
    return List.copyOf(writer.lines);
  }

  private void vhost(VhostDiff diff) {
    String where = " in vhost " + diff.name();
    if (diff.fate() != Fate.KEPT) {
      lines.add((diff.fate() == Fate.ADDED ? "+ vhost " : "- vhost ") + diff.name());
    }
    delta("exchange", where, diff.exchanges(), Exchange::name, DiffLines::facts);
    delta("queue", where, diff.queues(), Queue::name, DiffLines::facts);
    delta("binding", where, diff.bindings(), DiffLines::ends, DiffLines::facts);
    delta("rule", where, diff.rules(), Rule::name, DiffLines::facts);
    delta("policy", where, diff.policies(), Policy::name, DiffLines::facts);
    delta("operator policy", where, diff.operatorPolicies(), Policy::name, DiffLines::facts);
  }

  private <T> void delta(
      String kind,
      String where,
      Delta<T> delta,
      Function<T, String> name,
      Function<T, Map<String, String>> facts) {
    for (T removed : delta.removed()) {
      lines.add("- " + kind + " " + name.apply(removed) + where);
    }
    for (T added : delta.added()) {
      String all = all(facts.apply(added));
      lines.add("+ " + kind + " " + name.apply(added) + where + (all.isEmpty() ? "" : ": " + all));
    }
    for (Changed<T> changed : delta.changed()) {
      String differences = differences(facts.apply(changed.before()), facts.apply(changed.after()));
      lines.add("~ " + kind + " " + name.apply(changed.after()) + where + ": " + differences);
    }
  }

  private static String all(Map<String, String> facts) {
    return facts.entrySet().stream()
        .filter(fact -> !fact.getValue().isEmpty())
        .map(fact -> fact.getKey() + " " + fact.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String differences(Map<String, String> before, Map<String, String> after) {
    return after.entrySet().stream()
        .filter(fact -> !fact.getValue().equals(before.get(fact.getKey())))
        .map(fact ->
            fact.getKey()
                + " "
                + orNone(before.getOrDefault(fact.getKey(), ""))
                + " -> "
                + orNone(fact.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String orNone(String text) {
    return text.isEmpty() ? "none" : text;
  }

  private static Map<String, String> facts(Exchange exchange) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("type", exchange.type());
    facts.put("durable", String.valueOf(exchange.durable()));
    facts.put("auto-delete", String.valueOf(exchange.autoDelete()));
    facts.put("internal", String.valueOf(exchange.internal()));
    facts.put("alternate-exchange", textOf(exchange.alternateExchange()));
    facts.put("arguments", arguments(exchange.arguments()));
    return facts;
  }

  private static Map<String, String> facts(Queue queue) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("type", queue.type());
    facts.put("durable", String.valueOf(queue.durable()));
    facts.put("auto-delete", String.valueOf(queue.autoDelete()));
    facts.put("arguments", arguments(queue.arguments()));
    return facts;
  }

  private static String ends(Binding binding) {
    String type = binding.destinationType().name().toLowerCase(Locale.ROOT);
    return binding.source()
        + " -> "
        + type
        + " "
        + binding.destination()
        + " by "
        + Found.quoted(binding.key());
  }

  private static Map<String, String> facts(Binding binding) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("arguments", arguments(binding.arguments()));
    return facts;
  }

  private static Map<String, String> facts(Rule rule) {
    TopicPattern filter = rule.from().filter();
    TopicTemplate topic = rule.to().topic();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("from protocol", textOf(rule.from().protocol()));
    facts.put("from exchange", textOf(rule.from().exchange()));
    facts.put("from user", textOf(rule.from().user()));
    facts.put("from topic", filter == null ? "" : filter.text());
    facts.put("to exchange", '"' + rule.to().exchange() + '"');
    facts.put("to topic", topic == null ? "" : topic.text());
    return facts;
  }

  private static Map<String, String> facts(Policy policy) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("pattern", Found.quoted(policy.pattern()));
    facts.put("apply-to", policy.applyTo().name().toLowerCase(Locale.ROOT));
    facts.put("priority", String.valueOf(policy.priority()));
    facts.put("definition", arguments(policy.definition()));
    return facts;
  }

  private static String textOf(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String arguments(Map<String, Object> arguments) {
    return arguments.isEmpty() ? "" : new TreeMap<>(arguments).toString();
  }
}
