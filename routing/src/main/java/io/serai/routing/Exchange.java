package io.serai.routing;

import io.serai.bus.ExchangeSpec;
import io.serai.bus.RepeatWindow;
import io.serai.model.Value;
import io.serai.routing.exchange.Bound;
import io.serai.routing.exchange.ExchangeType;
import io.serai.routing.exchange.ExchangeTypes;
import io.serai.routing.exchange.Matcher;
import io.serai.routing.queue.RepeatArguments;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An exchange in the table. Immutable: a change of its bindings gives a new one, so a cached route
 * is valid as long as the exchanges it went through are the same objects.
 *
 * @param spec as it was declared
 * @param type what kind it is
 * @param matcher its bindings, compiled
 * @param bindingCount how many there are
 * @param alternate the exchange that gets what matches nothing, or null
 * @param window how far back it knows what is published again, or null when it does not look
 */
record Exchange(
    ExchangeSpec spec,
    ExchangeType type,
    Matcher matcher,
    int bindingCount,
    @Nullable String alternate,
    @Nullable RepeatWindow window) {
  static final String ALTERNATE_ARGUMENT = "alternate-exchange";

  /** An exchange without bindings. Its type must be known. */
  static Exchange of(ExchangeSpec spec) {
    ExchangeType type = ExchangeTypes.find(spec.type());
    if (type == null) {
      throw new IllegalArgumentException("unknown exchange type " + spec.type());
    }
    return new Exchange(
        spec,
        type,
        type.emptyMatcher(spec.arguments()),
        0,
        alternate(spec),
        window(spec, spec.arguments()));
  }

  private static @Nullable RepeatWindow window(ExchangeSpec spec, Value.MapOf arguments) {
    return RepeatArguments.ofExchange(spec.name(), spec.type(), arguments);
  }

  private static @Nullable String alternate(ExchangeSpec spec) {
    Value alternate = spec.arguments().first(ALTERNATE_ARGUMENT);
    return alternate == null ? null : alternate.asText();
  }

  /** Under a policy, or none: what it says counts unless the exchange was declared with it. */
  Exchange underPolicy(@Nullable Policy policy) {
    String own = alternate(spec);
    Value policys = policy == null ? null : policy.definition().first(ALTERNATE_ARGUMENT);
    return new Exchange(
        spec,
        type,
        matcher,
        bindingCount,
        own != null || policys == null ? own : policys.asText(),
        window(spec, policy == null ? spec.arguments() : argumentsUnder(policy)));
  }

  private Value.MapOf argumentsUnder(Policy policy) {
    Map<String, Value> all = new LinkedHashMap<>();
    for (Value.Entry entry : spec.arguments().entries()) {
      all.put(entry.key().asText(), entry.value());
    }
    for (Value.Entry entry : policy.definition().entries()) {
      all.putIfAbsent("x-" + entry.key().asText(), entry.value());
    }
    return PolicyMerge.arguments(all);
  }

  String name() {
    return spec.name();
  }

  /**
   * With a binding, in place of an equal one.
   *
   * @param isNew whether there is no equal one
   */
  Exchange with(Bound binding, boolean isNew) {
    return new Exchange(
        spec, type, matcher.with(binding), bindingCount + (isNew ? 1 : 0), alternate, window);
  }

  /** Without a binding that it has. */
  Exchange without(Bound binding) {
    return new Exchange(spec, type, matcher.without(binding), bindingCount - 1, alternate, window);
  }

  /** Without bindings that it has. */
  Exchange without(Collection<Bound> bindings) {
    Matcher left = matcher;
    for (Bound binding : bindings) {
      left = left.without(binding);
    }
    return new Exchange(spec, type, left, bindingCount - bindings.size(), alternate, window);
  }

  /** With no binding but those that pass, compiled anew: for when few of them stay. */
  Exchange retaining(Predicate<Bound> stays) {
    Matcher[] left = {type.emptyMatcher(spec.arguments())};
    int[] count = new int[1];
    matcher.forEach(binding -> {
      if (stays.test(binding)) {
        left[0] = left[0].with(binding);
        count[0]++;
      }
    });
    return new Exchange(spec, type, left[0], count[0], alternate, window);
  }

  /** Every binding from it. */
  List<Bound> bindings() {
    List<Bound> all = new ArrayList<>(bindingCount);
    matcher.forEach(all::add);
    return all;
  }

  /** Whether it goes now that its last binding has gone. */
  boolean isUnused() {
    return spec.autoDelete() && bindingCount == 0;
  }
}
