package io.serai.routing.exchange;

import io.serai.bus.BindingSpec;
import io.serai.model.Value;
import org.jspecify.annotations.Nullable;

/**
 * Routes each message to one queue of the publisher's node, chosen at random, as RabbitMQ 4 does:
 * for requests that any worker may answer. A node on its own has all its queues here. Bindings have
 * no key and lead to queues.
 */
public final class LocalRandomExchange implements ExchangeType {
  @Override
  public String name() {
    return "x-local-random";
  }

  @Override
  public Matcher emptyMatcher() {
    return new RandomExchange.AnyOne(ListedBindings.EMPTY);
  }

  @Override
  public @Nullable String checkBinding(BindingSpec binding, Value.MapOf declared) {
    if (binding.toExchange()) {
      return "a local random exchange is bound to queues only";
    }
    return binding.key().isEmpty()
        ? null
        : "Non-empty binding (" + binding.key() + ") key not permitted";
  }
}
