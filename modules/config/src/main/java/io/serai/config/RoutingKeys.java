package io.serai.config;

import io.serai.config.Catalogue.Topic;
import io.serai.config.RoutingConfig.DestinationType;
import java.util.List;
import java.util.Map;

/** The keys of vhosts, exchanges, queues, bindings and rules. */
final class RoutingKeys {
  private RoutingKeys() {}

  private static final PlainTypes.Flag FLAG = new PlainTypes.Flag();
  private static final PlainTypes.Text NAME = new PlainTypes.Text(1, 255);
  private static final PlainTypes.Text NAME_OR_EMPTY = new PlainTypes.Text(0, 255);
  private static final PlainTypes.Arguments ARGUMENTS = new PlainTypes.Arguments();

  static final Key<String> EXCHANGE_TYPE =
      Key.of(
              "vhosts.*.exchanges.*.type",
              NAME,
              "direct, fanout, topic, headers, or an installed extension's.")
          .required();
  static final Key<Boolean> EXCHANGE_DURABLE =
      Key.of("vhosts.*.exchanges.*.durable", FLAG, "As clients declare it; kept over a restart.")
          .or("true");
  static final Key<Boolean> EXCHANGE_AUTO_DELETE =
      Key.of(
              "vhosts.*.exchanges.*.auto-delete",
              FLAG,
              "Whether it goes when its last binding does.")
          .or("false");
  static final Key<Boolean> EXCHANGE_INTERNAL =
      Key.of(
              "vhosts.*.exchanges.*.internal",
              FLAG,
              "Whether only bindings and rules feed it, not publishers.")
          .or("false");
  static final Key<String> ALTERNATE_EXCHANGE =
      Key.of(
          "vhosts.*.exchanges.*.alternate-exchange",
          NAME,
          "The exchange that gets what matches no binding of this one.");
  static final Key<Map<String, Object>> EXCHANGE_ARGUMENTS =
      Key.of("vhosts.*.exchanges.*.arguments", ARGUMENTS, "Arguments as in AMQP's declare.")
          .or("{}");

  static final Key<String> QUEUE_TYPE =
      Key.of(
              "vhosts.*.queues.*.type",
              NAME,
              "classic (stored), or volatile (memory only, gone with the node). A quorum queue or a"
                  + " stream is one by its arguments: `x-queue-type = quorum`.")
          .or("classic");
  static final Key<Boolean> QUEUE_DURABLE =
      Key.of("vhosts.*.queues.*.durable", FLAG, "As clients declare it; kept over a restart.")
          .or("true");
  static final Key<Boolean> QUEUE_AUTO_DELETE =
      Key.of("vhosts.*.queues.*.auto-delete", FLAG, "Whether it goes with its last consumer.")
          .or("false");
  static final Key<Map<String, Object>> QUEUE_ARGUMENTS =
      Key.of(
              "vhosts.*.queues.*.arguments",
              ARGUMENTS,
              "Arguments as in AMQP's declare: x-message-ttl, x-max-length, ...")
          .or("{}");

  static final Key<String> BINDING_SOURCE =
      Key.of("vhosts.*.bindings[].source", NAME, "The exchange to bind from.").required();
  static final Key<String> BINDING_DESTINATION =
      Key.of("vhosts.*.bindings[].destination", NAME, "The queue or exchange to bind.").required();
  static final Key<DestinationType> BINDING_DESTINATION_TYPE =
      Key.of(
              "vhosts.*.bindings[].destination-type",
              PlainTypes.Choice.of(DestinationType.class),
              "Whether the destination is a queue or an exchange.")
          .or("queue");
  static final Key<String> BINDING_KEY =
      Key.of(
              "vhosts.*.bindings[].key",
              NAME_OR_EMPTY,
              "Binding key. For a topic exchange a filter in AMQP spelling: `temp.*`, `temp.#`.")
          .or("\"\"");
  static final Key<Map<String, Object>> BINDING_ARGUMENTS =
      Key.of(
              "vhosts.*.bindings[].arguments",
              ARGUMENTS,
              "For a headers exchange: the headers to match, and `x-match`.")
          .or("{}");

  static final Key<String> RULE_NAME =
      Key.of("vhosts.*.rules[].name", NAME, "Name in logs and diffs; unique in its vhost.")
          .required();
  static final Key<String> FROM_PROTOCOL =
      Key.of(
          "vhosts.*.rules[].from.protocol",
          NAME,
          "Only messages published over this protocol. Left out, over any.");
  static final Key<TopicPattern> FROM_TOPIC =
      Key.of(
          "vhosts.*.rules[].from.topic",
          new TopicPattern.Type(TopicSpelling.SLASH),
          "Only messages whose topic passes this filter in MQTT spelling: `plant/{line}/temp`.");
  static final Key<TopicPattern> FROM_KEY =
      Key.of(
          "vhosts.*.rules[].from.key",
          new TopicPattern.Type(TopicSpelling.DOT),
          "The same in AMQP spelling: `plant.{line}.temp`. One of `topic` and `key`, not both.");
  static final Key<String> FROM_EXCHANGE =
      Key.of(
          "vhosts.*.rules[].from.exchange",
          NAME_OR_EMPTY,
          "Only messages published to this exchange. MQTT publishes to `amq.topic`.");
  static final Key<String> FROM_USER =
      Key.of("vhosts.*.rules[].from.user", NAME, "Only messages of this user.");
  static final Key<String> TO_EXCHANGE =
      Key.of(
              "vhosts.*.rules[].to.exchange",
              NAME_OR_EMPTY,
              "The exchange to publish to; `\"\"` is the default one, whose keys are queue names.")
          .required();
  static final Key<TopicTemplate> TO_KEY =
      Key.of(
          "vhosts.*.rules[].to.key",
          new TopicTemplate.Type(TopicSpelling.DOT),
          "The new routing key, with captures: `temp.{line}`. Left out, the message's own.");
  static final Key<TopicTemplate> TO_TOPIC =
      Key.of(
          "vhosts.*.rules[].to.topic",
          new TopicTemplate.Type(TopicSpelling.SLASH),
          "The same in MQTT spelling: `temp/{line}`. One of `key` and `topic`, not both.");

  static final List<Topic> TOPICS =
      List.of(
          new Topic(
              "Vhosts and exchanges",
              """
              A vhost is a name space with its own exchanges, queues and permissions (WAMP: realm). \
              Vhost `/` always exists. The exchanges of AMQP (`amq.direct`, `amq.fanout`, \
              `amq.topic`, `amq.headers`, `amq.match` and the default one, `""`) exist in every \
              vhost and are not declared.\
              """,
              List.of(
                  EXCHANGE_TYPE,
                  EXCHANGE_DURABLE,
                  EXCHANGE_AUTO_DELETE,
                  EXCHANGE_INTERNAL,
                  ALTERNATE_EXCHANGE,
                  EXCHANGE_ARGUMENTS)),
          new Topic(
              "Queues", "", List.of(QUEUE_TYPE, QUEUE_DURABLE, QUEUE_AUTO_DELETE, QUEUE_ARGUMENTS)),
          new Topic(
              "Bindings",
              """
              Both ends must be declared in the same vhost (or be predeclared exchanges). \
              `bindings` and `rules` are lists: a second file adds to them with \
              `bindings += { ... }`, while `bindings = [ ... ]` replaces what earlier files said.\
              """,
              List.of(
                  BINDING_SOURCE,
                  BINDING_DESTINATION,
                  BINDING_DESTINATION_TYPE,
                  BINDING_KEY,
                  BINDING_ARGUMENTS)),
          new Topic(
              "Rules",
              """
              A message that a client publishes and that passes `from` is also published to `to`. \
              Every rule that matches applies; rules look only at what clients publish, not at \
              what other rules made of it, so they cannot go in circles. A queue or subscriber that \
              both the message and its copies reach gets it once, as it was published.

              The name of a key says how its topic is spelled, so that no text has two readings \
              (`a.b` is one level of an MQTT topic and two of an AMQP key): `topic` is MQTT's \
              spelling (`/`, `+`, `#` at the end), `key` is AMQP's (`.`, `*`, `#` anywhere). Both \
              match messages of every protocol, because a topic is a list of levels.

              A level `{name}` in a filter matches one level and `{name#}` any number; \
              `to` repeats what they matched as `{name}`, and what the first, second, ... wildcard \
              matched as `{1}`, `{2}`. A captured level stays one level, also when it holds the \
              other spelling's separator. A brace that is meant itself is doubled: `{{`.\
              """,
              List.of(
                  RULE_NAME,
                  FROM_PROTOCOL,
                  FROM_TOPIC,
                  FROM_KEY,
                  FROM_EXCHANGE,
                  FROM_USER,
                  TO_EXCHANGE,
                  TO_KEY,
                  TO_TOPIC)));
}
