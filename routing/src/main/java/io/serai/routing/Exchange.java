package io.serai.routing;

import io.serai.bus.ExchangeSpec;
import io.serai.routing.exchange.ExchangeType;
import io.serai.routing.exchange.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * An exchange in the table. Immutable: a change of its bindings gives a new one, so a cached route
 * is valid as long as the exchanges it went through are the same objects.
 *
 * @param spec as it was declared
 * @param type what kind it is
 * @param matcher its bindings, compiled
 * @param bindingsFrom how many there are
 * @param alternate the exchange that gets what matches nothing, or null
 */
record Exchange(
    ExchangeSpec spec,
    ExchangeType type,
    Matcher matcher,
    int bindingsFrom,
    @Nullable String alternate) {
  String name() {
    return spec.name();
  }

  Exchange withMatcher(Matcher changed, int count) {
    return new Exchange(spec, type, changed, count, alternate);
  }
}
