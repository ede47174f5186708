package io.serai.routing.index;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Matches the filters behind a {@code #} that several filters share and go on after. Walks the
 * topic once, level by level, with the set of nodes that can be reached so far: the cost is at most
 * levels times nodes however many {@code #} follow each other, where trying every way would double
 * it with each. Hands over each value once. Used once.
 */
final class MultiWalk {
  private final String[] path;
  private final Consumer<Object> out;

  /** Branches behind a {@code #}: they stay reached whatever comes. */
  private final List<Branch> staying = new ArrayList<>();

  /** Nodes in {@link #staying} and tails that are done with. */
  private final Set<TopicNode> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  MultiWalk(String[] path, Consumer<Object> out) {
    this.path = path;
    this.out = out;
  }

  /** Walks on from the branch behind a {@code #} that was reached at {@code from}. */
  void from(Branch behindMulti, int from) {
    staying.add(behindMulti);
    List<Branch> here = List.of();
    int expanded = 0;
    for (int level = from; ; level++) {
      for (Branch branch : here) {
        reachMulti(branch.multi, level);
      }
      while (expanded < staying.size()) {
        reachMulti(staying.get(expanded++).multi, level); // one # directly after another
      }
      if (level == path.length) {
        staying.forEach(branch -> Values.forEach(branch.values(), out));
        here.forEach(branch -> Values.forEach(branch.values(), out));
        return;
      }
      List<Branch> next = new ArrayList<>();
      for (Branch branch : staying) {
        step(branch, level, next);
      }
      for (Branch branch : here) {
        step(branch, level, next);
      }
      here = next;
    }
  }

  private void reachMulti(@Nullable TopicNode node, int level) {
    if (node == null || !seen.add(node)) {
      return;
    }
    switch (node) {
      case Branch branch -> staying.add(branch);
      case Tail tail -> {
        if (tail.matches(path, level, true)) {
          Values.forEach(tail.values(), out);
        }
      }
    }
  }

  private void step(Branch branch, int level, List<Branch> next) {
    take(branch.literal(path[level]), level + 1, next);
    take(branch.single, level + 1, next);
  }

  private void take(@Nullable TopicNode node, int level, List<Branch> next) {
    switch (node) {
      case null -> {}
      case Branch branch -> next.add(branch);
      case Tail tail -> {
        if (!seen.contains(tail) && tail.matches(path, level, false)) {
          seen.add(tail);
          Values.forEach(tail.values(), out);
        }
      }
    }
  }
}
