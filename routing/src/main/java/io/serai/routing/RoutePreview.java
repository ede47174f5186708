package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.PublishResult;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.SessionRef;
import io.serai.bus.ShardCommand.Slot;
import io.serai.model.Message;
import io.serai.routing.exchange.Bound;
import io.serai.routing.exchange.Destination;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where a message would go, found by the same code that routes messages but without a node: only
 * what the configuration declares is known, not what clients declare.
 *
 * @param result what the publisher would be told
 * @param steps the way, in order
 * @param queues names of the queues that would get it, in order
 */
public record RoutePreview(PublishResult result, List<RouteStep> steps, List<String> queues) {
  private static final SessionRef NOBODY = new SessionRef(0, 0);

  public RoutePreview {
    steps = List.copyOf(steps);
    queues = List.copyOf(queues);
  }

  /** The way of {@code message} through a vhost as declared. Access is not looked at. */
  public static RoutePreview of(DeclaredTopology.Vhost declared, Message message) {
    List<RouteStep> steps = new ArrayList<>();
    Route route = Router.route(table(declared), message, 1, steps::add);
    Set<String> queues = new LinkedHashSet<>();
    for (Route.Leg leg : route.legs()) {
      for (List<Slot> slots : leg.slotsByShard()) {
        slots.forEach(slot -> queues.add(slot.queue().name()));
      }
    }
    return new RoutePreview(route.result(), steps, List.copyOf(queues));
  }

  private static VhostTable table(DeclaredTopology.Vhost declared) {
    VhostTable table = VhostTable.predeclared(declared.name());
    for (ExchangeSpec exchange : declared.exchanges()) {
      table = table.with(exchange);
    }
    long incarnation = 0;
    for (QueueSpec queue : declared.queues()) {
      QueueRef ref = new QueueRef(declared.name(), queue.name(), 0, 0, ++incarnation);
      table = table.with(new QueueEntry(ref, queue, NOBODY));
    }
    for (BindingSpec binding : declared.bindings()) {
      table = table.with(new Bound(binding, destination(table, binding)));
    }
    return table.with(RuleSet.of(declared.rules()));
  }

  private static Destination destination(VhostTable table, BindingSpec binding) {
    if (binding.toExchange()) {
      return new Destination.ToExchange(binding.destination());
    }
    QueueEntry queue = table.queues().get(binding.destination());
    if (queue == null) {
      throw new IllegalArgumentException("no queue " + binding.destination());
    }
    return new Destination.ToQueue(queue.ref());
  }
}
