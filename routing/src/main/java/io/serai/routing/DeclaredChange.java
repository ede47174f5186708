package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Result;
import io.serai.bus.Source;
import io.serai.routing.exchange.Bound;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration makes of the table. Touches only what the configuration declared before and
 * nobody has declared anew since. Pure, so that any thread may work it out; used once.
 */
final class DeclaredChange {
  private static final String DELETE_FIRST = "delete it first, or declare another name in the file";

  private final RoutingTable present;
  private final DeclaredTopology inForce;
  private final DeclaredTopology wanted;

  /**
   * @param present the table now
   * @param inForce what the configuration declared so far
   * @param wanted what it declares from now on
   */
  DeclaredChange(RoutingTable present, DeclaredTopology inForce, DeclaredTopology wanted) {
    this.present = present;
    this.inForce = inForce;
    this.wanted = wanted;
  }

  /** A queue that has to be created first. */
  record Missing(String vhost, QueueSpec spec) {}

  /**
   * What there is to do before anything changes.
   *
   * @param problems what cannot be, all at once; the rest is of no use then
   */
  record Plan(List<String> problems, List<Missing> missingQueues) {}

  /**
   * The table with the configuration in it.
   *
   * @param gone queues that are no longer in the table
   */
  record Changed(RoutingTable table, List<QueueEntry> gone) {}

  // ---- before anything is created

  Plan plan() {
    return new Plan(problems(), missingQueues());
  }

  private List<String> problems() {
    List<String> problems = new ArrayList<>();
    for (DeclaredTopology.Vhost vhost : wanted.vhosts()) {
      VhostTable known = present.vhost(vhost.name());
      for (ExchangeSpec exchange : vhost.exchanges()) {
        String badType = DeclareRules.badType(exchange);
        if (badType != null) {
          problems.add("exchange '%s': %s".formatted(exchange.name(), badType));
        }
        Exchange other = known == null ? null : known.exchange(exchange.name());
        if (other != null && other.spec().source() != Source.CONF) {
          addIfAny(problems, Equivalence.of(other.spec(), exchange, vhost.name()), DELETE_FIRST);
        }
      }
      for (Policy policy : vhost.policies()) {
        String problem = policy.problem(vhost.name());
        if (problem != null) {
          problems.add(problem);
        }
      }
      for (QueueSpec queue : vhost.queues()) {
        QueueEntry other = known == null ? null : known.queue(queue.name());
        if (other != null) {
          String difference =
              other.spec().lifetime() == Lifetime.EXCLUSIVE
                  ? "queue '%s' in vhost '%s' is exclusive to a connection"
                      .formatted(queue.name(), vhost.name())
                  : Equivalence.of(other.spec(), queue, vhost.name());
          addIfAny(problems, difference, remedy(other.spec()));
        }
      }
    }
    return problems;
  }

  private static void addIfAny(List<String> problems, @Nullable String difference, String remedy) {
    if (difference != null) {
      problems.add(difference + "; " + remedy);
    }
  }

  /** How a queue gets other arguments than those it was declared with. */
  private static String remedy(QueueSpec present) {
    return present.source() == Source.CONF
        ? "set a policy instead, or leave the queue out of the file for one reload or start, which"
            + " deletes it with its messages"
        : DELETE_FIRST;
  }

  /** The queues that are declared and do not exist. */
  private List<Missing> missingQueues() {
    List<Missing> missing = new ArrayList<>();
    for (DeclaredTopology.Vhost vhost : wanted.vhosts()) {
      VhostTable known = present.vhost(vhost.name());
      for (QueueSpec queue : vhost.queues()) {
        if (known == null || known.queue(queue.name()) == null) {
          missing.add(new Missing(vhost.name(), queue));
        }
      }
    }
    return missing;
  }

  // ---- with the queues created

  /**
   * The changed table, or why a binding cannot be.
   *
   * @param created an entry for each missing queue
   */
  Result<Changed> result(List<QueueEntry> created) {
    Map<String, DeclaredTopology.Vhost> next = new HashMap<>();
    wanted.vhosts().forEach(vhost -> next.put(vhost.name(), vhost));
    RoutingTable table = present;
    List<QueueEntry> gone = new ArrayList<>();
    for (DeclaredTopology.Vhost old : inForce.vhosts()) {
      VhostTable vhost = table.vhost(old.name());
      DeclaredTopology.Vhost kept = next.get(old.name());
      if (vhost == null) {
        continue;
      }
      if (kept == null) {
        vhost.queues().forEach((_, entry) -> gone.add(entry));
        table = table.without(old.name());
      } else {
        table = table.with(withoutOld(vhost, old, kept, gone));
      }
    }
    for (DeclaredTopology.Vhost vhost : wanted.vhosts()) {
      VhostTable known = table.vhost(vhost.name());
      switch (withNew(
          known == null ? VhostTable.predeclared(vhost.name()) : known, vhost, created)) {
        case Result.Ok<VhostTable>(VhostTable changed) -> table = table.with(changed);
        case Result.Refused<VhostTable>(Refusal reason, String text) -> {
          return Result.refused(reason, text);
        }
      }
    }
    return Result.ok(new Changed(table, List.copyOf(gone)));
  }

  /** Takes out what the configuration declared and no longer does. */
  private static VhostTable withoutOld(
      VhostTable vhost,
      DeclaredTopology.Vhost old,
      DeclaredTopology.Vhost next,
      List<QueueEntry> gone) {
    VhostTable table = vhost;
    Set<BindingSpec> keptBindings = new HashSet<>(next.bindings());
    Set<String> sources = new LinkedHashSet<>();
    for (BindingSpec binding : old.bindings()) {
      Bound present = keptBindings.contains(binding) ? null : find(table, binding);
      if (present != null && present.spec().definedBy() == Source.CONF) {
        table = table.without(present);
        sources.add(binding.source());
      }
    }
    Set<String> keptQueues = new HashSet<>();
    next.queues().forEach(queue -> keptQueues.add(queue.name()));
    List<QueueEntry> goneHere = new ArrayList<>();
    for (QueueSpec queue : old.queues()) {
      QueueEntry entry = keptQueues.contains(queue.name()) ? null : table.queue(queue.name());
      if (entry != null && entry.spec().source() == Source.CONF) {
        goneHere.add(entry);
      }
    }
    gone.addAll(goneHere);
    table = table.without(goneHere);
    Set<String> keptExchanges = new HashSet<>();
    next.exchanges().forEach(exchange -> keptExchanges.add(exchange.name()));
    for (ExchangeSpec spec : old.exchanges()) {
      Exchange exchange = keptExchanges.contains(spec.name()) ? null : table.exchange(spec.name());
      if (exchange != null && exchange.spec().source() == Source.CONF) {
        table = table.without(exchange);
      }
    }
    return table.withoutUnused(sources);
  }

  private static @Nullable Bound find(VhostTable vhost, BindingSpec binding) {
    return BindingChanges.resolve(vhost, null, binding) instanceof Result.Ok<Bound>(Bound bound)
        ? vhost.find(bound)
        : null;
  }

  /** Puts in what is not there yet. What is there already stays as it is, for caches' sake. */
  private static Result<VhostTable> withNew(
      VhostTable vhost, DeclaredTopology.Vhost next, List<QueueEntry> created) {
    VhostTable table = vhost;
    for (QueueEntry entry : created) {
      if (entry.ref().vhost().equals(vhost.name())) {
        table = table.with(entry);
      }
    }
    for (ExchangeSpec spec : next.exchanges()) {
      Exchange known = table.exchange(spec.name());
      if (known == null) {
        table = table.with(Exchange.of(spec));
      } else if (known.spec().source() == Source.CONF && !known.spec().equals(spec)) {
        switch (rebuilt(known, spec, vhost.name())) {
          case Result.Ok<Exchange>(Exchange changed) -> table = table.with(changed);
          case Result.Refused<Exchange>(Refusal reason, String text) -> {
            return Result.refused(reason, text);
          }
        }
      }
    }
    for (BindingSpec binding : next.bindings()) {
      switch (BindingChanges.resolve(table, null, binding)) {
        case Result.Ok<Bound>(Bound bound) -> {
          if (table.find(bound) == null) {
            table = table.with(bound);
          }
        }
        case Result.Refused<Bound>(Refusal reason, String text) -> {
          return Result.refused(
              reason,
              "binding from '%s' to '%s': %s"
                  .formatted(binding.source(), binding.destination(), text));
        }
      }
    }
    return Result.ok(
        table.rules().rules().equals(next.rules()) ? table : table.with(RuleSet.of(next.rules())));
  }

  /** An exchange declared differently, with all its bindings, clients' too. */
  private static Result<Exchange> rebuilt(Exchange known, ExchangeSpec spec, String vhost) {
    Exchange changed = Exchange.of(spec);
    for (Bound binding : known.bindings()) {
      String wrong = changed.type().checkBinding(binding.spec(), spec.arguments());
      if (wrong != null) {
        return Result.refused(
            Refusal.PRECONDITION_FAILED,
            "exchange '%s' in vhost '%s' cannot become %s: its binding to '%s': %s"
                .formatted(spec.name(), vhost, spec.type(), binding.spec().destination(), wrong));
      }
      changed = changed.with(binding, true);
    }
    return Result.ok(changed);
  }
}
