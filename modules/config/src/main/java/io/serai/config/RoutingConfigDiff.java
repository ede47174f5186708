package io.serai.config;

import io.serai.config.RoutingConfig.Binding;
import io.serai.config.RoutingConfig.Exchange;
import io.serai.config.RoutingConfig.Policy;
import io.serai.config.RoutingConfig.Queue;
import io.serai.config.RoutingConfig.Rule;
import io.serai.config.RoutingConfig.Vhost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What a reload would change, typed for whoever carries it out and as lines for people.
 *
 * @param vhosts only those with a difference, by name
 */
public record RoutingConfigDiff(List<VhostDiff> vhosts) {

  /**
   * The differences of one kind of object. A binding is its own identity, so it is only ever added
   * or removed.
   */
  public record Delta<T>(List<T> added, List<T> removed, List<Changed<T>> changed) {
    public Delta {
      added = List.copyOf(added);
      removed = List.copyOf(removed);
      changed = List.copyOf(changed);
    }

    /** Whether there is no difference. */
    public boolean isEmpty() {
      return added.isEmpty() && removed.isEmpty() && changed.isEmpty();
    }
  }

  /** An object of the same name with other settings. */
  public record Changed<T>(T before, T after) {}

  /** What happens to a vhost itself. */
  public enum Fate {
    ADDED,
    REMOVED,
    KEPT
  }

  /** The differences of one vhost. */
  public record VhostDiff(
      String name,
      Fate fate,
      Delta<Exchange> exchanges,
      Delta<Queue> queues,
      Delta<Binding> bindings,
      Delta<Rule> rules,
      Delta<Policy> policies,
      Delta<Policy> operatorPolicies) {

    private boolean isEmpty() {
      return fate == Fate.KEPT
          && exchanges.isEmpty()
          && queues.isEmpty()
          && bindings.isEmpty()
          && rules.isEmpty()
          && policies.isEmpty()
          && operatorPolicies.isEmpty();
    }
  }

  public RoutingConfigDiff {
    vhosts = List.copyOf(vhosts);
  }

  /** What leads from {@code before} to {@code after}. */
  public static RoutingConfigDiff between(RoutingConfig before, RoutingConfig after) {
    TreeSet<String> names = new TreeSet<>(before.vhosts().keySet());
    names.addAll(after.vhosts().keySet());
    List<VhostDiff> diffs = new ArrayList<>();
    for (String name : names) {
      Vhost was = before.vhosts().get(name);
      Vhost is = after.vhosts().get(name);
      Fate fate = was == null ? Fate.ADDED : is == null ? Fate.REMOVED : Fate.KEPT;
      Vhost nothing = Vhost.empty(name);
      VhostDiff diff = vhost(fate, was == null ? nothing : was, is == null ? nothing : is);
      if (!diff.isEmpty()) {
        diffs.add(diff);
      }
    }
    return new RoutingConfigDiff(diffs);
  }

  /** Whether nothing changes. */
  public boolean isEmpty() {
    return vhosts.isEmpty();
  }

  /** One line per object: {@code + added}, {@code - removed}, {@code ~ changed}. */
  public List<String> lines() {
    return DiffLines.of(this);
  }

  private static VhostDiff vhost(Fate fate, Vhost was, Vhost is) {
    return new VhostDiff(
        was.name(),
        fate,
        named(was.exchanges(), is.exchanges()),
        named(was.queues(), is.queues()),
        unnamed(was.bindings(), is.bindings()),
        named(byName(was.rules()), byName(is.rules())),
        named(was.policies(), is.policies()),
        named(was.operatorPolicies(), is.operatorPolicies()));
  }

  private static Map<String, Rule> byName(List<Rule> rules) {
    Map<String, Rule> byName = new LinkedHashMap<>();
    rules.forEach(rule -> byName.put(rule.name(), rule));
    return byName;
  }

  private static <T> Delta<T> named(Map<String, T> was, Map<String, T> is) {
    List<T> added = new ArrayList<>();
    List<T> removed = new ArrayList<>();
    List<Changed<T>> changed = new ArrayList<>();
    is.forEach((name, after) -> {
      T before = was.get(name);
      if (before == null) {
        added.add(after);
      } else if (!before.equals(after)) {
        changed.add(new Changed<>(before, after));
      }
    });
    was.forEach((name, before) -> {
      if (!is.containsKey(name)) {
        removed.add(before);
      }
    });
    return new Delta<>(added, removed, changed);
  }

  private static <T> Delta<T> unnamed(List<T> was, List<T> is) {
    var before = new LinkedHashSet<>(was);
    var after = new LinkedHashSet<>(is);
    return new Delta<>(
        after.stream().filter(item -> !before.contains(item)).toList(),
        before.stream().filter(item -> !after.contains(item)).toList(),
        List.of());
  }
}
