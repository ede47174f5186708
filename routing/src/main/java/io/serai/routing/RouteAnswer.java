package io.serai.routing;

import io.serai.bus.Caller;
import io.serai.bus.PublishResult;
import io.serai.bus.ShardCommand.Slot;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.model.ReplyTo;
import io.serai.model.Spelling;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a publisher is told of the way its message would take, as JSON: the steps in order, and the
 * rules, exchanges and queues by name. Exchanges and queues that the publisher has no permission
 * for are counted and not named. A long way is cut, so that a small question has no huge answer.
 */
final class RouteAnswer {
  private static final String TYPE = "route-explanation";

  /** Steps and queues looked at. */
  static final int MOST_TOLD = 1_000;

  private final Caller caller;
  private final List<RouteStep> steps = new ArrayList<>();
  private final Set<String> rules = new LinkedHashSet<>();
  private final Set<String> exchanges = new LinkedHashSet<>();
  private final Set<String> queues = new LinkedHashSet<>();
  private final Set<String> hidden = new LinkedHashSet<>();
  private boolean isCut;

  private RouteAnswer(Caller caller) {
    this.caller = caller;
  }

  /**
   * The answer to a message that asks, for its reply-to.
   *
   * @param steps the way there
   * @param route its end; the message itself may be published
   */
  static Message to(
      Message asking, ReplyTo replyTo, Caller caller, List<RouteStep> steps, Route route) {
    RouteAnswer answer = new RouteAnswer(caller);
    steps.stream().limit(MOST_TOLD).forEach(answer::take);
    List<Slot> slots =
        route.legs().stream()
            .flatMap(leg -> leg.parts().stream())
            .flatMap(part -> part.slots().stream())
            .limit(MOST_TOLD + 1)
            .toList();
    slots.stream()
        .limit(MOST_TOLD)
        .forEach(slot -> answer.note(slot.queue().name(), answer.queues));
    answer.isCut = steps.size() > MOST_TOLD || slots.size() > MOST_TOLD;
    Properties properties =
        Properties.builder()
            .contentType("application/json")
            .correlationId(asking.properties().correlationId())
            .type(TYPE)
            .build();
    return new Message(
        replyTo.address(),
        new Encoding.Neutral(properties, Headers.NONE),
        Body.ofUtf8(answer.json(asking, route.result()).encode()),
        Origin.ofBroker(caller.vhost()),
        asking.receivedMillis());
  }

  private boolean note(String name, Set<String> to) {
    boolean isKnown = Access.mayKnow(caller, name);
    (isKnown ? to : hidden).add(name);
    return isKnown;
  }

  private void take(RouteStep step) {
    boolean isKnown =
        switch (step) {
          case RouteStep.Rule(String name, String toExchange, String toKey) -> {
            rules.add(name);
            // A key of the default exchange is the name of a queue.
            yield Access.mayKnow(caller, toExchange.isEmpty() ? toKey : toExchange);
          }
          case RouteStep.AtExchange(String name, _) -> note(name, exchanges);
          case RouteStep.NoExchange(String name) -> Access.mayKnow(caller, name);
          case RouteStep.Matched(String exchange, _, String destination, _) ->
              Access.mayKnow(caller, exchange) && Access.mayKnow(caller, destination);
          case RouteStep.Alternate(String exchange, String alternate) ->
              Access.mayKnow(caller, exchange) && Access.mayKnow(caller, alternate);
          case RouteStep.ByName(String queue, _) -> Access.mayKnow(caller, queue);
          case RouteStep.Waits(String exchange) -> Access.mayKnow(caller, exchange);
        };
    if (isKnown) {
      steps.add(step);
    }
  }

  private JsonObject json(Message asking, PublishResult result) {
    Address address = asking.address();
    JsonArray way = new JsonArray();
    steps.forEach(step -> way.add(json(step)));
    return new JsonObject()
        .put("exchange", address.exchange())
        .put("routing_key", address.topic().spelled(Spelling.DOT))
        .put("vhost", caller.vhost())
        .put("user", caller.principal().user())
        .put("protocol", asking.origin().protocol())
        .put("routed", result == PublishResult.ROUTED)
        .put("rules", new JsonArray(List.copyOf(rules)))
        .put("exchanges", new JsonArray(List.copyOf(exchanges)))
        .put("queues", new JsonArray(List.copyOf(queues)))
        .put("hidden", hidden.size())
        .put("cut", isCut)
        .put("steps", way);
  }

  private static JsonObject json(RouteStep step) {
    return switch (step) {
      case RouteStep.Rule(String name, String toExchange, String toKey) ->
          of("rule").put("name", name).put("exchange", toExchange).put("routing_key", toKey);
      case RouteStep.AtExchange(String name, String type) ->
          of("exchange").put("name", name).put("type", type);
      case RouteStep.NoExchange(String name) -> of("no_exchange").put("name", name);
      case RouteStep.Matched(String exchange, String key, String destination, boolean toExchange) ->
          of("binding")
              .put("source", exchange)
              .put("routing_key", key)
              .put("destination", destination)
              .put("destination_type", toExchange ? "exchange" : "queue");
      case RouteStep.Alternate(String exchange, String alternate) ->
          of("alternate_exchange").put("name", exchange).put("alternate", alternate);
      case RouteStep.ByName(String queue, boolean exists) ->
          of("queue_name").put("name", queue).put("exists", exists);
      case RouteStep.Waits(String exchange) -> of("delay").put("exchange", exchange);
    };
  }

  private static JsonObject of(String step) {
    return new JsonObject().put("step", step);
  }
}
