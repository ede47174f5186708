package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.Caller;
import io.serai.bus.Refusal;
import io.serai.bus.Result;
import io.serai.routing.exchange.Bound;
import io.serai.routing.exchange.Destination;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What adding and removing bindings makes of a vhost's table. Pure. */
final class BindingChanges {
  private BindingChanges() {}

  /** The table with all the bindings, or why one of them cannot be. */
  static Result<VhostTable> bind(VhostTable vhost, Caller caller, List<BindingSpec> bindings) {
    VhostTable table = vhost;
    for (BindingSpec binding : bindings) {
      switch (resolve(table, caller, binding)) {
        case Result.Ok<Bound>(Bound bound) -> table = table.with(bound);
        case Result.Refused<Bound>(Refusal reason, String text) -> {
          return Result.refused(reason, text);
        }
      }
    }
    return Result.ok(table);
  }

  /**
   * The table without the bindings.
   *
   * @param existed for each binding whether there was one
   */
  record Unbound(VhostTable table, List<Boolean> existed) {}

  /**
   * Removes bindings. One that is not there is no error, nor is one between what does not exist.
   */
  static Result<Unbound> unbind(VhostTable vhost, Caller caller, List<BindingSpec> bindings) {
    VhostTable table = vhost;
    List<Boolean> existed = new ArrayList<>(bindings.size());
    Set<String> sources = new LinkedHashSet<>();
    for (BindingSpec binding : bindings) {
      switch (resolve(table, null, binding)) {
        case Result.Ok<Bound>(Bound bound) -> {
          // a lock stops nobody from removing what is not there
          boolean isThere = table.find(bound) != null;
          String locked = isThere ? lock(table, caller, binding) : null;
          if (locked != null) {
            return Result.refused(Refusal.RESOURCE_LOCKED, locked);
          }
          existed.add(isThere);
          table = table.without(bound);
          sources.add(binding.source());
        }
        case Result.Refused<Bound>(Refusal reason, String text) -> {
          if (reason != Refusal.NOT_FOUND) {
            return Result.refused(reason, text);
          }
          existed.add(false);
        }
      }
    }
    return Result.ok(new Unbound(table.withoutUnused(sources), List.copyOf(existed)));
  }

  /** What keeps the caller from the queue that a binding goes to, or null. */
  private static @Nullable String lock(VhostTable vhost, Caller caller, BindingSpec binding) {
    QueueEntry queue = binding.toExchange() ? null : vhost.queue(binding.destination());
    return queue == null ? null : Equivalence.lock(queue, caller);
  }

  /**
   * Finds the ends of a binding.
   *
   * @param caller null where no connection's lock counts, as for the configuration
   */
  static Result<Bound> resolve(VhostTable vhost, @Nullable Caller caller, BindingSpec binding) {
    Exchange source = vhost.exchange(binding.source());
    if (source == null) {
      return noExchange(vhost, binding.source());
    }
    String wrong = source.type().checkBinding(binding, source.spec().arguments());
    if (wrong != null) {
      return Result.refused(Refusal.PRECONDITION_FAILED, wrong);
    }
    if (binding.toExchange()) {
      return vhost.exchange(binding.destination()) == null
          ? noExchange(vhost, binding.destination())
          : Result.ok(new Bound(binding, new Destination.ToExchange(binding.destination())));
    }
    QueueEntry queue = vhost.queue(binding.destination());
    if (queue == null) {
      return Result.refused(
          Refusal.NOT_FOUND,
          "no queue '%s' in vhost '%s'".formatted(binding.destination(), vhost.name()));
    }
    String locked = caller == null ? null : Equivalence.lock(queue, caller);
    return locked == null
        ? Result.ok(new Bound(binding, queue.destination()))
        : Result.refused(Refusal.RESOURCE_LOCKED, locked);
  }

  private static Result<Bound> noExchange(VhostTable vhost, String name) {
    return Result.refused(
        Refusal.NOT_FOUND, "no exchange '%s' in vhost '%s'".formatted(name, vhost.name()));
  }
}
