package io.serai.bus;

import io.serai.model.Headers;
import io.serai.model.Value;

/**
 * A message that asks where it would go: it has the header {@code x-route-explain}, and a reply-to
 * for the answer. Gateways find it where they look at a message's headers anyway, so that others
 * pay nothing for it.
 */
public final class RouteQuestion {
  /** The header; any value but false asks. */
  public static final String HEADER = "x-route-explain";

  private RouteQuestion() {}

  /** Whether a message with these headers asks. */
  public static boolean isAskedBy(Headers headers) {
    return switch (headers.first(HEADER)) {
      case null -> false;
      case Value.Bool(boolean asks) -> asks;
      case Value value -> !value.asText().equalsIgnoreCase("false");
    };
  }
}
