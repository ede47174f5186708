package io.serai.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the node routes: the part of the configuration that is swapped while it runs.
 *
 * @param vhosts by name
 */
public record RoutingConfig(Map<String, Vhost> vhosts) {

  /** A name space with its own exchanges, queues and permissions; WAMP calls it realm. */
  public record Vhost(
      String name,
      Map<String, Exchange> exchanges,
      Map<String, Queue> queues,
      List<Binding> bindings,
      List<Rule> rules,
      Map<String, Policy> policies,
      Map<String, Policy> operatorPolicies) {
    public Vhost {
      exchanges = ordered(exchanges);
      queues = ordered(queues);
      bindings = List.copyOf(bindings);
      rules = List.copyOf(rules);
      policies = ordered(policies);
      operatorPolicies = ordered(operatorPolicies);
    }

    /** One that declares nothing. */
    static Vhost empty(String name) {
      return new Vhost(name, Map.of(), Map.of(), List.of(), List.of(), Map.of(), Map.of());
    }
  }

  /**
   * A declared exchange.
   *
   * @param type direct, fanout, topic, headers or an installed one
   * @param arguments values are String, Long, Double, Boolean, List or Map
   * @param alternateExchange gets what matches no binding; null for none
   */
  public record Exchange(
      String name,
      String type,
      boolean durable,
      boolean autoDelete,
      boolean internal,
      Map<String, Object> arguments,
      @Nullable String alternateExchange) {
    public Exchange {
      arguments = ordered(arguments);
    }
  }

  /**
   * A declared queue.
   *
   * @param type classic or volatile
   * @param arguments as in AMQP's queue.declare: x-message-ttl, x-max-length ...
   */
  public record Queue(
      String name,
      String type,
      boolean durable,
      boolean autoDelete,
      Map<String, Object> arguments) {
    public Queue {
      arguments = ordered(arguments);
    }
  }

  /** What a binding leads to. */
  public enum DestinationType {
    QUEUE,
    EXCHANGE
  }

  /**
   * A binding from an exchange.
   *
   * @param key binding key; for a topic exchange a filter in AMQP spelling
   * @param arguments for a headers exchange what to match
   */
  public record Binding(
      String source,
      String destination,
      DestinationType destinationType,
      String key,
      Map<String, Object> arguments) {
    public Binding {
      arguments = ordered(arguments);
    }
  }

  /**
   * A rule: a message that a client publishes and that passes {@code from} is also published to
   * {@code to}.
   *
   * @param name unique in its vhost
   */
  public record Rule(String name, RuleSource from, RuleTarget to) {}

  /**
   * Which messages a rule takes; every part that is null lets all pass.
   *
   * @param protocol the publisher's
   * @param filter over the message's topic
   * @param exchange the message was published to
   * @param user the publisher's login
   */
  public record RuleSource(
      @Nullable String protocol,
      @Nullable TopicPattern filter,
      @Nullable String exchange,
      @Nullable String user) {}

  /**
   * Where a rule publishes.
   *
   * @param topic the new topic; null keeps the message's own
   */
  public record RuleTarget(String exchange, @Nullable TopicTemplate topic) {}

  /** What a policy is for, by the words of RabbitMQ. */
  public enum PolicyTarget {
    QUEUES,
    CLASSIC_QUEUES,
    QUORUM_QUEUES,
    STREAMS,
    EXCHANGES,
    ALL
  }

  /**
   * What queues and exchanges do whoever declares them.
   *
   * @param pattern a regular expression found anywhere in their names
   * @param priority of several that match the highest applies
   * @param definition arguments without their {@code x-}: message-ttl, max-length ...
   * @param isOperators whether it caps what queues and other policies say
   */
  public record Policy(
      String name,
      String pattern,
      PolicyTarget applyTo,
      int priority,
      Map<String, Object> definition,
      boolean isOperators) {
    public Policy {
      definition = ordered(definition);
    }
  }

  public RoutingConfig {
    vhosts = ordered(vhosts);
  }

  /** Keeps the order of the file; the map cannot be changed. */
  private static <V> Map<String, V> ordered(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
