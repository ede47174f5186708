package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Result;
import io.serai.config.ConfigResult;
import io.serai.config.LoadRequest;
import io.serai.config.RoutingConfig;
import io.serai.routing.Policy;
import io.serai.routing.PolicyKeys;
import io.serai.routing.queue.QueueArguments;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The check of a configuration and the routing core take the same arguments and policies. */
class DeclaredArgumentsTest {
  /** As they would be written in a file, with what they mean. */
  private static final Map<String, Object> VALUES =
      new TreeMap<>(
          Map.of(
              "-2", -2L,
              "-1", -1L,
              "0", 0L,
              "1", 1L,
              "255", 255L,
              "256", 256L,
              "true", true,
              "text", "text",
              "reject-publish", "reject-publish",
              "lazy", "lazy"));

  private static final List<String> MORE =
      List.of("quorum", "classic", "at-least-once", "drop-tail", "1h");

  private static Map<String, Object> values() {
    Map<String, Object> values = new TreeMap<>(VALUES);
    MORE.forEach(word -> values.put(word, word));
    return values;
  }

  @TestFactory
  Stream<DynamicTest> aQueueIsTakenByTheCheckWhenTheCoreTakesIt() {
    return QueueArguments.names().stream()
        .sorted()
        .map(name ->
            DynamicTest.dynamicTest(
                name,
                () ->
                    values()
                        .forEach((written, value) -> {
                          var arguments = new TreeMap<String, Object>(Map.of(name, value));
                          if (name.equals("x-dead-letter-routing-key")) {
                            arguments.put("x-dead-letter-exchange", "amq.fanout");
                          }
                          boolean isTaken = isTakenByCore(arguments);
                          if (name.equals("x-dead-letter-exchange")) {
                            written = isTaken ? "amq.fanout" : written; // must exist
                          }
                          String more =
                              arguments.size() > 1 ? ", x-dead-letter-exchange = amq.fanout" : "";
                          assertThat(
                                  isTakenByCheck(
                                      "queues.q.arguments { %s = %s%s }"
                                          .formatted(name, written, more)))
                              .as("%s = %s", name, written)
                              .isEqualTo(isTaken);
                        })));
  }

  private static boolean isTakenByCore(Map<String, Object> arguments) {
    var queue = new RoutingConfig.Queue("q", "classic", true, false, arguments);
    return QueueArguments.parse("/", TopologyMapping.queue(queue)) instanceof Result.Ok;
  }

  @TestFactory
  Stream<DynamicTest> aPolicyIsTakenByTheCheckWhenTheCoreTakesIt() {
    return PolicyKeys.all().stream()
        .map(name ->
            DynamicTest.dynamicTest(
                name,
                () ->
                    values()
                        .forEach((written, value) -> {
                          Policy policy =
                              TopologyMapping.policy(
                                  new RoutingConfig.Policy(
                                      "p",
                                      "",
                                      RoutingConfig.PolicyTarget.ALL,
                                      0,
                                      Map.of(name, value),
                                      false));
                          assertThat(
                                  isTakenByCheck(
                                      "policies.p { pattern = \"\", definition { %s = %s } }"
                                          .formatted(name, written)))
                              .as("%s = %s", name, written)
                              .isEqualTo(policy.problem("/") == null);
                        })));
  }

  @Test
  void whatNoPolicyHasIsRefusedWithWhereItBelongs() {
    assertThat(problems("policies.p { pattern = \"\", definition { max-priority = 5 } }"))
        .singleElement()
        .asString()
        .contains("no policy has this key", "declare the queue with x-max-priority");
  }

  @Test
  void noLimitOfDeliveriesCanBeWritten() {
    assertThat(isTakenByCheck("queues.q.arguments { x-delivery-limit = -1 }")).isTrue();
  }

  private static boolean isTakenByCheck(String inVhost) {
    return problems(inVhost).isEmpty();
  }

  private static List<?> problems(String inVhost) {
    ConfigResult result =
        RunningNode.INSTALLED
            .loader()
            .load(LoadRequest.defaults().withSetting("vhosts.\"/\"={%s}".formatted(inVhost)));
    return result instanceof ConfigResult.Invalid invalid ? invalid.errors() : List.of();
  }
}
