package io.serai.config;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A routing core that knows a few names, for tests of what a configuration is told. */
final class SampleCore implements RoutingCore {
  private static final Set<String> LIMITS = Set.of("max-length", "message-ttl", "delivery-limit");

  @Override
  public Set<String> queueArguments() {
    return Set.of("x-max-length", "x-max-priority", "x-message-ttl", "x-overflow", "x-queue-type");
  }

  @Override
  public Set<String> policyKeys(boolean isOperators) {
    return isOperators
        ? LIMITS
        : Set.of(
            "max-length",
            "message-ttl",
            "delivery-limit",
            "overflow",
            "ha-mode",
            "dead-letter-exchange",
            "alternate-exchange");
  }

  @Override
  public boolean hasEffect(String policyKey) {
    return !policyKey.equals("ha-mode");
  }

  @Override
  public @Nullable String problem(RoutingConfig.Exchange exchange) {
    return exchange.arguments().containsKey("x-odd")
        ? "invalid arg 'x-odd' for exchange '%s'".formatted(exchange.name())
        : null;
  }

  @Override
  public @Nullable String problem(String vhost, RoutingConfig.Queue queue) {
    return queue.arguments().get("x-queue-type") instanceof String type && type.equals("odd")
        ? "invalid arg 'x-queue-type' for queue '%s' in vhost '%s'".formatted(queue.name(), vhost)
        : null;
  }

  @Override
  public @Nullable String problem(String vhost, RoutingConfig.Policy policy) {
    return policy.definition().get("overflow") instanceof String overflow
            && overflow.equals("reject-publish-dlx")
        ? "policy '%s': not this one".formatted(policy.name())
        : null;
  }
}
