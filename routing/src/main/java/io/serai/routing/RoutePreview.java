package io.serai.routing;

import io.serai.bus.PublishResult;
import io.serai.bus.QueueRef;
import io.serai.bus.Result;
import io.serai.model.Message;
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
  private static final DeclaredTopology NOTHING = new DeclaredTopology(List.of());

  public RoutePreview {
    steps = List.copyOf(steps);
    queues = List.copyOf(queues);
  }

  /**
   * The way of {@code message} through a vhost as declared. Access is not looked at.
   *
   * @throws IllegalArgumentException when a node would refuse the declaration
   */
  public static RoutePreview of(DeclaredTopology.Vhost declared, Message message) {
    List<RouteStep> steps = new ArrayList<>();
    Route route = Router.preview(table(declared), message, steps::add);
    Set<String> queues = new LinkedHashSet<>();
    for (Route.Leg leg : route.legs()) {
      for (Route.Part part : leg.parts()) {
        part.slots().forEach(slot -> queues.add(slot.queue().name()));
      }
    }
    return new RoutePreview(route.result(), steps, List.copyOf(queues));
  }

  private static VhostTable table(DeclaredTopology.Vhost declared) {
    DeclaredChange change =
        new DeclaredChange(RoutingTable.EMPTY, NOTHING, new DeclaredTopology(List.of(declared)));
    DeclaredChange.Plan plan = change.plan();
    if (!plan.problems().isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", plan.problems()));
    }
    List<QueueEntry> queues = new ArrayList<>();
    for (DeclaredChange.Missing missing : plan.missingQueues()) {
      QueueRef ref = new QueueRef(missing.vhost(), missing.spec().name(), 0, 0, queues.size() + 1L);
      queues.add(new QueueEntry(ref, missing.spec(), TopologyOwner.NOBODY));
    }
    return switch (change.result(queues)) {
      case Result.Ok<DeclaredChange.Changed>(var changed) -> {
        VhostTable table = changed.table().vhost(declared.name());
        if (table == null) {
          throw new IllegalStateException("vhost " + declared.name() + " is not in its own table");
        }
        yield table;
      }
      case Result.Refused<DeclaredChange.Changed>(_, String text) ->
          throw new IllegalArgumentException(text);
    };
  }
}
