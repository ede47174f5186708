package io.serai.config;

import io.serai.config.RoutingConfig.Exchange;
import io.serai.config.RoutingConfig.Rule;
import io.serai.config.RoutingConfig.Vhost;
import io.serai.config.TopicPattern.LevelPattern;
import io.serai.config.TopicPattern.Many;
import io.serai.config.TopicTemplate.Captured;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks rules: what they name exists, captures fit, and each can do something of its own. */
final class RuleChecks {
  private final Vocabulary vocabulary;
  private final Set<String> openProtocols;
  private final Set<String> users;
  private final Problems problems;

  RuleChecks(
      Vocabulary vocabulary, Set<String> openProtocols, Set<String> users, Problems problems) {
    this.vocabulary = vocabulary;
    this.openProtocols = openProtocols;
    this.users = users;
    this.problems = problems;
  }

  void check(Section vhostAt, Vhost vhost) {
    Map<String, Section> names = new HashMap<>();
    ShadowedRules shadowed = new ShadowedRules();
    for (Section at : vhostAt.list("rules")) {
      at.find(RoutingKeys.RULE_NAME).ifPresent(name -> uniqueName(at, name, names));
      from(at.block("from"), vhost);
      to(at.block("to"), at.block("from"), vhost);
      if (RoutingReader.isWholeRule(at)) {
        shadowed.add(RoutingReader.rule(at)).ifPresent(other -> shadowed(at, other));
      }
    }
  }

  private void uniqueName(Section at, String name, Map<String, Section> names) {
    Section first = names.putIfAbsent(name, at);
    if (first != null) {
      problems.error(
          at.placeOf(RoutingKeys.RULE_NAME),
          at.pathOf(RoutingKeys.RULE_NAME),
          "the rule "
              + Found.quoted(name)
              + " already stands at "
              + problems.shown(first.place().toString()),
          "give each rule of a vhost its own name");
    }
  }

  private void from(Section at, Vhost vhost) {
    at.find(RoutingKeys.FROM_PROTOCOL).ifPresent(protocol -> protocol(at, protocol));
    at.find(RoutingKeys.FROM_USER)
        .filter(user -> !users.contains(user))
        .ifPresent(user ->
            problems.error(
                at.placeOf(RoutingKeys.FROM_USER),
                at.pathOf(RoutingKeys.FROM_USER),
                "there is no user " + Found.quoted(user),
                RoutingChecks.suggestName(user, users, "declare it below users")));
    at.find(RoutingKeys.FROM_EXCHANGE)
        .ifPresent(exchange -> exchange(at, RoutingKeys.FROM_EXCHANGE, exchange, vhost));
    notBoth(at, RoutingKeys.FROM_TOPIC, RoutingKeys.FROM_KEY);
    at.find(RoutingKeys.FROM_TOPIC).ifPresent(filter -> spelling(at, filter));
    Exchange source = vhost.exchanges().get(at.find(RoutingKeys.FROM_EXCHANGE).orElse(""));
    if (source != null && source.internal()) {
      problems.warn(
          at.placeOf(RoutingKeys.FROM_EXCHANGE),
          at.pathOf(RoutingKeys.FROM_EXCHANGE),
          "the rule never applies: no client can publish to the internal exchange "
              + Found.quoted(source.name()),
          "");
    }
  }

  private void protocol(Section at, String protocol) {
    Set<String> known = vocabulary.allProtocols();
    if (!known.contains(protocol)) {
      problems.error(
          at.placeOf(RoutingKeys.FROM_PROTOCOL),
          at.pathOf(RoutingKeys.FROM_PROTOCOL),
          "unknown protocol " + Found.quoted(protocol),
          Suggestions.didYouMean(protocol, known));
    } else if (!openProtocols.contains(protocol)) {
      problems.warn(
          at.placeOf(RoutingKeys.FROM_PROTOCOL),
          at.pathOf(RoutingKeys.FROM_PROTOCOL),
          "the rule never applies: no open listener speaks " + protocol,
          "");
    }
  }

  /** One level with dots or stars under {@code topic} is nearly always an AMQP key. */
  private void spelling(Section at, TopicPattern filter) {
    String text = filter.text();
    if (text.indexOf('/') < 0 && (text.indexOf('*') >= 0 || text.indexOf('.') >= 0)) {
      problems.warn(
          at.placeOf(RoutingKeys.FROM_TOPIC),
          at.pathOf(RoutingKeys.FROM_TOPIC),
          Found.quoted(text) + " is one single level in MQTT spelling",
          "for AMQP spelling write key = " + Found.quoted(text));
    }
  }

  private void to(Section at, Section from, Vhost vhost) {
    at.find(RoutingKeys.TO_EXCHANGE).ifPresent(exchange -> target(at, exchange, vhost));
    notBoth(at, RoutingKeys.TO_TOPIC, RoutingKeys.TO_KEY);
    TopicPattern filter =
        from.find(RoutingKeys.FROM_TOPIC).or(() -> from.find(RoutingKeys.FROM_KEY)).orElse(null);
    boolean isFilterBroken =
        filter == null && (from.has(RoutingKeys.FROM_TOPIC) || from.has(RoutingKeys.FROM_KEY));
    if (!isFilterBroken) {
      for (Key<TopicTemplate> key : List.of(RoutingKeys.TO_KEY, RoutingKeys.TO_TOPIC)) {
        at.find(key).ifPresent(template -> captures(at, key, template, filter));
      }
    }
  }

  private void target(Section at, String exchange, Vhost vhost) {
    exchange(at, RoutingKeys.TO_EXCHANGE, exchange, vhost);
    TopicTemplate key = at.find(RoutingKeys.TO_KEY).orElse(null);
    if (exchange.isEmpty() && key != null && key.captured().isEmpty()) {
      String queue = key.text();
      if (!vhost.queues().containsKey(queue)) {
        problems.error(
            at.placeOf(RoutingKeys.TO_KEY),
            at.pathOf(RoutingKeys.TO_KEY),
            "there is no queue "
                + Found.quoted(queue)
                + ", and keys of the default exchange are"
                + " queue names",
            RoutingChecks.suggestName(queue, vhost.queues().keySet(), "declare it below queues"));
      }
    }
  }

  private void exchange(Section at, Key<String> key, String name, Vhost vhost) {
    if (!RoutingChecks.exists(name, vhost)) {
      problems.error(
          at.placeOf(key),
          at.pathOf(key),
          "there is no exchange " + Found.quoted(name),
          RoutingChecks.suggestName(
              name, RoutingChecks.exchangeNames(vhost), "declare it below exchanges"));
    }
  }

  private void notBoth(Section at, Key<?> topic, Key<?> key) {
    if (at.has(topic) && at.has(key)) {
      problems.error(
          at.placeOf(key),
          at.pathOf(key),
          "topic and key both say the topic, in two spellings",
          "keep one of them");
    }
  }

  private void captures(
      Section at, Key<TopicTemplate> key, TopicTemplate template, @Nullable TopicPattern filter) {
    for (Captured capture : template.captured()) {
      int index = filter == null ? -1 : filter.wildcardIndex(capture.reference());
      if (index < 0) {
        problems.error(
            at.placeOf(key),
            at.pathOf(key),
            "{" + capture.reference() + "} is not captured by the rule's filter",
            captureHint(capture, filter));
      } else if (filter != null && !template.isWholeLevel(capture)) {
        LevelPattern wildcard = filter.wildcards().get(index);
        if (wildcard instanceof Many) {
          problems.error(
              at.placeOf(key),
              at.pathOf(key),
              "{" + capture.reference() + "} stands for any number of levels",
              "give it a level of its own, between separators");
        }
      }
    }
  }

  private static String captureHint(Captured capture, @Nullable TopicPattern filter) {
    if (filter == null) {
      return "the rule has no filter: add from.topic";
    }
    List<String> names = filter.captureNames();
    String close = Suggestions.closest(capture.reference(), names);
    if (!close.isEmpty()) {
      return "did you mean {" + close + "}?";
    }
    int wildcards = filter.wildcards().size();
    return wildcards == 0
        ? "the filter " + Found.quoted(filter.text()) + " has no wildcard or capture"
        : "the filter "
            + Found.quoted(filter.text())
            + " has "
            + wildcards
            + " to repeat"
            + (names.isEmpty() ? "" : ": {" + String.join("}, {", names) + "}");
  }

  private void shadowed(Section at, Rule other) {
    problems.warn(
        at.placeOf(RoutingKeys.RULE_NAME),
        at.path().toString(),
        "rule "
            + Found.quoted(at.get(RoutingKeys.RULE_NAME))
            + " adds nothing: rule "
            + Found.quoted(other.name())
            + " already takes all its messages to the same place",
        "remove it, or narrow one of them");
  }
}
