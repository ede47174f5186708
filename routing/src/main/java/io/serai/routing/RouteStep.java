package io.serai.routing;

/** One step on a message's way, for people who ask where it would go. */
public sealed interface RouteStep {
  /** A rule took it; the steps that follow are those of the copy. */
  record Rule(String name, String toExchange, String toKey) implements RouteStep {}

  /** It came to an exchange. */
  record AtExchange(String name, String type) implements RouteStep {}

  /** It came to a name no exchange has. */
  record NoExchange(String name) implements RouteStep {}

  /** A binding matched. */
  record Matched(String exchange, String key, String destination, boolean toExchange)
      implements RouteStep {}

  /** Nothing matched and the exchange has an alternate. */
  record Alternate(String exchange, String alternate) implements RouteStep {}

  /** The default exchange looked for a queue of that name. */
  record ByName(String queue, boolean exists) implements RouteStep {}

  /** The exchange holds it until its delay is over; the steps that follow are those of then. */
  record Waits(String exchange) implements RouteStep {}
}
