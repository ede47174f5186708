package io.serai.node;

import io.serai.bus.Refusal;
import io.serai.bus.Result;
import io.serai.config.RoutingConfig;
import io.serai.config.RoutingCore;
import io.serai.routing.DeclaredTopology;
import io.serai.routing.PolicyKeys;
import io.serai.routing.queue.QueueArguments;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What this build's routing core takes, asked while a configuration is checked. */
final class InstalledCore implements RoutingCore {
  @Override
  public Set<String> queueArguments() {
    return QueueArguments.names();
  }

  @Override
  public Set<String> policyKeys(boolean isOperators) {
    return isOperators ? PolicyKeys.ofOperators() : PolicyKeys.all();
  }

  @Override
  public boolean hasEffect(String policyKey) {
    return !PolicyKeys.isWithoutEffect(policyKey);
  }

  @Override
  public @Nullable String problem(RoutingConfig.Exchange exchange) {
    return DeclaredTopology.problem(TopologyMapping.exchange(exchange));
  }

  @Override
  public @Nullable String problem(String vhost, RoutingConfig.Queue queue) {
    return QueueArguments.parse(vhost, TopologyMapping.queue(queue))
            instanceof Result.Refused<QueueArguments>(Refusal _, String text)
        ? text
        : null;
  }

  @Override
  public @Nullable String problem(String vhost, RoutingConfig.Policy policy) {
    return TopologyMapping.policy(policy).problem(vhost);
  }
}
