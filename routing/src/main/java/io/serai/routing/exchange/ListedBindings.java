package io.serai.routing.exchange;

import io.serai.routing.index.PersistentMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bindings to choose from by number. Immutable; the list is made when the first message asks for it
 * and not at each of the bindings before, and its order is the same in every process that has the
 * same bindings.
 */
final class ListedBindings {
  static final ListedBindings EMPTY = new ListedBindings(PersistentMap.empty());

  private static final Comparator<Bound> ORDER =
      Comparator.comparing((Bound binding) -> binding.spec().toExchange())
          .thenComparing(binding -> binding.spec().destination())
          .thenComparing(binding -> binding.spec().key())
          .thenComparing(binding -> binding.spec().arguments().toString());

  private final PersistentMap<Bound, Bound> bindings;

  /** Made by whichever loop comes first; two that race make equal lists. */
  private @Nullable List<Bound> inOrder;

  private ListedBindings(PersistentMap<Bound, Bound> bindings) {
    this.bindings = bindings;
  }

  ListedBindings with(Bound binding) {
    return new ListedBindings(bindings.with(binding, binding));
  }

  ListedBindings without(Bound binding) {
    return new ListedBindings(bindings.without(binding));
  }

  void forEach(Consumer<Bound> action) {
    bindings.forEach((binding, _) -> action.accept(binding));
  }

  /** All of them, sorted by destination. */
  List<Bound> inOrder() {
    List<Bound> known = inOrder;
    if (known == null) {
      List<Bound> sorted = new ArrayList<>(bindings.size());
      forEach(sorted::add);
      sorted.sort(ORDER);
      known = List.copyOf(sorted);
      inOrder = known;
    }
    return known;
  }
}
