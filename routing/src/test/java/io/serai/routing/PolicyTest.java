package io.serai.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.QueueSpec;
import io.serai.bus.Result;
import io.serai.model.Value;
import io.serai.routing.queue.QueueArguments;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PolicyTest {
  private static Policy named(
      String name, String pattern, Policy.Target target, int priority, Object... definition) {
    return new Policy(
        name, Pattern.compile(pattern), target, priority, Specs.arguments(definition));
  }

  private static Policy policy(Object... definition) {
    return named("p", ".*", Policy.Target.QUEUES, 0, definition);
  }

  private static Value merged(QueueSpec declared, Policy policy, String argument) {
    return PolicyMerge.into(declared, policy).arguments().first(argument);
  }

  private static Policies of(Policy... policies) {
    return Policies.of(
        new DeclaredTopology(
            List.of(
                new DeclaredTopology.Vhost(
                    "/", List.of(), List.of(), List.of(), List.of(), List.of(policies)))));
  }

  @Test
  void aPolicyGivesAQueueWhatItDoesNotSayItself() {
    var policy =
        policy(
            "message-ttl",
            new Value.Int(5),
            "dead-letter-exchange",
            Value.of("dlx"),
            "ha-mode",
            Value.of("all"));
    var queue = Specs.queue("q");
    assertThat(merged(queue, policy, "x-message-ttl")).isEqualTo(new Value.Int(5));
    assertThat(merged(queue, policy, "x-dead-letter-exchange")).isEqualTo(Value.of("dlx"));
    assertThat(PolicyMerge.into(queue, policy).arguments().entries()).hasSize(2);
    assertThat(PolicyMerge.into(queue, null)).isSameAs(queue);
  }

  @Test
  void ofTwoLimitsTheLowerCounts() {
    var queue =
        Specs.queueWith(
            "q",
            Specs.arguments(
                "x-max-length", new Value.Int(10), "x-delivery-limit", new Value.Int(-1)));
    assertThat(merged(queue, policy("max-length", new Value.Int(5)), "x-max-length"))
        .isEqualTo(new Value.Int(5));
    assertThat(merged(queue, policy("max-length", new Value.Long(50)), "x-max-length"))
        .isEqualTo(new Value.Int(10));
    assertThat(merged(queue, policy("delivery-limit", new Value.Int(7)), "x-delivery-limit"))
        .as("-1 is no limit")
        .isEqualTo(new Value.Int(7));
  }

  @Test
  void ofEverythingElseTheQueuesOwnCounts() {
    var queue =
        Specs.queueWith(
            "q",
            Specs.arguments(
                "x-dead-letter-exchange",
                Value.of("mine"),
                "x-overflow",
                Value.of("reject-publish")));
    var policy =
        policy(
            "dead-letter-exchange",
            Value.of("theirs"),
            "dead-letter-routing-key",
            Value.of("k"),
            "overflow",
            Value.of("drop-head"));
    assertThat(merged(queue, policy, "x-dead-letter-exchange")).isEqualTo(Value.of("mine"));
    assertThat(merged(queue, policy, "x-dead-letter-routing-key")).isEqualTo(Value.of("k"));
    assertThat(merged(queue, policy, "x-overflow")).isEqualTo(Value.of("reject-publish"));
  }

  @Test
  void aRoutingKeyWithoutAnExchangeWaitsForOne() {
    var policy = policy("dead-letter-routing-key", Value.of("k"));
    assertThat(merged(Specs.queue("q"), policy, "x-dead-letter-routing-key")).isNull();
    assertThat(policy.problem("/")).isNull();
  }

  @Test
  void aQueueWithARoutingKeyNamesItsExchangeItselfWhateverPoliciesSay() {
    var queue =
        Specs.queueWith("q", Specs.arguments("x-dead-letter-routing-key", Value.of("mine")));
    for (Policy policy :
        List.of(
            policy("dead-letter-exchange", Value.of("theirs")),
            policy("max-length", new Value.Int(1)))) {
      assertThat(QueueArguments.parse("/", PolicyMerge.into(queue, policy)).toString())
          .contains("routing_key_but_no_dlx_defined");
    }
  }

  @Test
  void onlyTheHighestPriorityOfThoseThatMatchApplies() {
    var all = named("all", "", Policy.Target.ALL, 0);
    var orders = named("orders", "^orders\\.", Policy.Target.QUEUES, 5);
    var other = named("other", "^orders\\.", Policy.Target.QUEUES, 5);
    var exchanges = named("exchanges", "", Policy.Target.EXCHANGES, 9);
    var policies = of(other, all, exchanges, orders);
    assertThat(policies.forQueue("/", Specs.queue("orders.eu"))).isEqualTo(orders);
    assertThat(policies.forQueue("/", Specs.queue("my.orders.eu"))).isEqualTo(all);
    assertThat(policies.forQueue("other", Specs.queue("orders.eu"))).isNull();
  }

  @Test
  void valuesThatCannotBeAreProblems() {
    assertThat(policy("max-length", Value.of("ten")).problem("/"))
        .contains("policy 'p'")
        .contains("x-max-length");
    assertThat(policy("overflow", Value.of("drop-middle")).problem("/"))
        .contains("invalid_overflow");
    assertThat(policy("max-length", new Value.Int(10)).problem("/")).isNull();
  }

  private static Policy operators(String pattern, Object... definition) {
    return new Policy(
        "caps",
        Pattern.compile(pattern),
        Policy.Target.QUEUES,
        0,
        Specs.arguments(definition),
        true);
  }

  @Test
  void anOperatorPolicyCapsQueuesAndPolicies() {
    var policies =
        of(
            policy("max-length", new Value.Int(10), "overflow", Value.of("reject-publish")),
            operators("^q", "max-length", new Value.Int(5), "message-ttl", new Value.Int(1000)));
    var queue = Specs.queueWith("q", Specs.arguments("x-message-ttl", new Value.Int(60)));
    var effective = policies.forQueue("/", queue);
    assertThat(merged(queue, effective, "x-max-length")).isEqualTo(new Value.Int(5));
    assertThat(merged(queue, effective, "x-overflow")).isEqualTo(Value.of("reject-publish"));
    assertThat(merged(queue, effective, "x-message-ttl")).isEqualTo(new Value.Int(60));
    var other = Specs.queue("another");
    assertThat(merged(other, policies.forQueue("/", other), "x-max-length"))
        .as("the operator policy is not for it")
        .isEqualTo(new Value.Int(10));
    assertThat(policies.isEmpty()).isFalse();
  }

  @Test
  void anOperatorPolicyAloneAppliesToo() {
    var queue = Specs.queue("q");
    var policies = of(operators("", "max-length", new Value.Int(5)));
    assertThat(merged(queue, policies.forQueue("/", queue), "x-max-length"))
        .isEqualTo(new Value.Int(5));
    assertThat(policies.isEmpty()).isFalse();
  }

  @Test
  void aPolicyCanBeForOneTypeOfQueue() {
    var classic = Specs.queue("q");
    var quorum = Specs.queueWith("q", Specs.arguments("x-queue-type", Value.of("quorum")));
    assertThat(named("p", "", Policy.Target.QUORUM_QUEUES, 0).isForQueue(quorum)).isTrue();
    assertThat(named("p", "", Policy.Target.QUORUM_QUEUES, 0).isForQueue(classic)).isFalse();
    assertThat(named("p", "", Policy.Target.CLASSIC_QUEUES, 0).isForQueue(classic)).isTrue();
    assertThat(named("p", "", Policy.Target.CLASSIC_QUEUES, 0).isForQueue(quorum)).isFalse();
    assertThat(named("p", "", Policy.Target.STREAMS, 0).isForQueue(quorum)).isFalse();
    assertThat(named("p", "", Policy.Target.ALL, 0).isForQueue(quorum)).isTrue();
    assertThat(named("p", "", Policy.Target.QUORUM_QUEUES, 0).isForExchange("q")).isFalse();
  }

  @Test
  void keysThatNoPolicyHasAreRefusedAsRabbitMqRefusesThem() {
    assertThat(policy("max-priority", new Value.Int(10)).problem("/"))
        .isEqualTo("policy 'p': [{<<\"max-priority\">>,10}] are not recognised policy settings");
    assertThat(policy("ha-mode", Value.of("all"), "queue-mode", Value.of("lazy")).problem("/"))
        .as("policies written for RabbitMQ are taken")
        .isNull();
    assertThat(policy("alternate-exchange", new Value.Int(1)).problem("/"))
        .contains("alternate exchange");
    assertThat(operators("", "overflow", Value.of("drop-head")).problem("/"))
        .as("operator policies hold limits only")
        .contains("not recognised");
  }

  private static QueueSpec stream(Object... arguments) {
    Object[] all = new Object[arguments.length + 2];
    all[0] = "x-queue-type";
    all[1] = Value.of("stream");
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return Specs.queueWith("q", Specs.arguments(all));
  }

  @Test
  void whatAPolicySaysOfRetentionCountsForStreamsWhateverTheySay() {
    var policy =
        policy(
            "max-age",
            Value.of("7D"),
            "max-length-bytes",
            new Value.Long(5000),
            "stream-max-segment-size-bytes",
            new Value.Int(500));
    var stream = stream("x-max-age", Value.of("1h"), "x-max-length-bytes", new Value.Int(10));
    assertThat(merged(stream, policy, "x-max-age")).isEqualTo(Value.of("7D"));
    assertThat(merged(stream, policy, "x-max-length-bytes")).isEqualTo(new Value.Long(5000));
    assertThat(merged(stream, policy, "x-stream-max-segment-size-bytes"))
        .isEqualTo(new Value.Int(500));
    assertThat(policy.problem("/")).isNull();
    assertThat(policy("max-age", Value.of("soon")).problem("/")).contains("invalid_max_age");
  }

  @Test
  void aPolicyGivesAQueueOnlyWhatItsTypeHas() {
    var policy =
        policy(
            "max-age",
            Value.of("7D"),
            "message-ttl",
            new Value.Int(5),
            "max-length-bytes",
            new Value.Int(6));
    assertThat(PolicyMerge.into(Specs.queue("q"), policy).arguments())
        .isEqualTo(
            Specs.arguments(
                "x-message-ttl", new Value.Int(5), "x-max-length-bytes", new Value.Int(6)));
    assertThat(merged(stream(), policy, "x-message-ttl")).isNull();
    assertThat(merged(stream(), policy, "x-max-age")).isEqualTo(Value.of("7D"));
    assertThat(ok(QueueArguments.parse("/", PolicyMerge.into(stream(), policy)))).isTrue();
  }

  private static boolean ok(Result<?> result) {
    return result instanceof Result.Ok;
  }
}
