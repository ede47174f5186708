package io.serai.config;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the routing core takes, asked while a configuration is checked, so that no second list of
 * arguments can say anything else.
 */
public interface RoutingCore {
  /** Takes everything: for checks without a core. */
  RoutingCore ANY =
      new RoutingCore() {
        @Override
        public Set<String> queueArguments() {
          return Set.of();
        }

        @Override
        public Set<String> policyKeys(boolean isOperators) {
          return Set.of();
        }

        @Override
        public boolean hasEffect(String policyKey) {
          return true;
        }

        @Override
        public @Nullable String problem(RoutingConfig.Exchange exchange) {
          return null;
        }

        @Override
        public @Nullable String problem(String vhost, RoutingConfig.Queue queue) {
          return null;
        }

        @Override
        public @Nullable String problem(String vhost, RoutingConfig.Policy policy) {
          return null;
        }
      };

  /** The names of queues' arguments that mean something. */
  Set<String> queueArguments();

  /** The names that a policy's definition may hold; empty for any. */
  Set<String> policyKeys(boolean isOperators);

  /** Whether something comes of a name in a policy's definition. */
  boolean hasEffect(String policyKey);

  /** Why an exchange of a known type would be refused, or null. */
  @Nullable String problem(RoutingConfig.Exchange exchange);

  /** Why the queue would be refused, or null. */
  @Nullable String problem(String vhost, RoutingConfig.Queue queue);

  /** Why the policy would be refused, or null. */
  @Nullable String problem(String vhost, RoutingConfig.Policy policy);
}
