package io.serai.config;

import java.util.Set;
import java.util.TreeSet;

/**
 * What this build can do, as far as a configuration may name it.
 *
 * @param protocols whose gateways are installed; listeners of others stay closed
 * @param exchangeTypes that a vhost may declare
 * @param queueTypes that a vhost may declare
 * @param core says which arguments and policies there are
 */
public record Vocabulary(
    Set<String> protocols, Set<String> exchangeTypes, Set<String> queueTypes, RoutingCore core) {

  /** Every protocol a listener may name, installed or not. */
  static final Set<String> KNOWN_PROTOCOLS =
      Set.of("amqp", "mqtt", "stomp", "coap", "wamp", "http");

  public Vocabulary {
    protocols = Set.copyOf(protocols);
    exchangeTypes = Set.copyOf(exchangeTypes);
    queueTypes = Set.copyOf(queueTypes);
  }

  /** All known protocols, the four exchange types of AMQP, classic and volatile queues. */
  public static Vocabulary standard() {
    return new Vocabulary(
        KNOWN_PROTOCOLS,
        Set.of("direct", "fanout", "topic", "headers"),
        Set.of("classic", "volatile"),
        RoutingCore.ANY);
  }

  /** The same with other installed protocols. */
  public Vocabulary withProtocols(Set<String> installed) {
    return new Vocabulary(installed, exchangeTypes, queueTypes, core);
  }

  /** The same with other exchange types. */
  public Vocabulary withExchangeTypes(Set<String> types) {
    return new Vocabulary(protocols, types, queueTypes, core);
  }

  /** The same with a routing core that says what it takes. */
  public Vocabulary withCore(RoutingCore installed) {
    return new Vocabulary(protocols, exchangeTypes, queueTypes, installed);
  }

  TreeSet<String> allProtocols() {
    TreeSet<String> all = new TreeSet<>(KNOWN_PROTOCOLS);
    all.addAll(protocols);
    return all;
  }
}
