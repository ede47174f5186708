package io.serai.routing.index;

import io.serai.routing.index.PersistentMap.Change;
import io.serai.routing.index.PersistentMap.Node;
import org.jspecify.annotations.Nullable;

/** Walks two tries side by side and stops wherever they are the same object. */
final class MapChanges {
  private MapChanges() {}

  /** Visits what differs between two nodes of the same place. */
  static void visit(Node before, Node after, int shift, Change<Object, Object> action) {
    if (before == after) {
      return;
    }
    if (shift >= Node.HASH_BITS) {
      visitPairs(before, after, action);
      return;
    }
    int bits = before.entries | before.children | after.entries | after.children;
    while (bits != 0) {
      int bit = Integer.lowestOneBit(bits);
      bits ^= bit;
      Node below = child(before, bit);
      Node now = child(after, bit);
      if (below != null && now != null) {
        visit(below, now, shift + Node.BITS, action);
      } else if (below != null) {
        visitTree(below, after, bit, true, action);
      } else if (now != null) {
        visitTree(now, before, bit, false, action);
      } else {
        visitEntries(before, after, bit, action);
      }
    }
  }

  private static @Nullable Node child(Node node, int bit) {
    return (node.children & bit) == 0 ? null : (Node) node.contents[node.childAt(bit)];
  }

  private static void visitEntries(
      Node before, Node after, int bit, Change<Object, Object> action) {
    int from = (before.entries & bit) == 0 ? -1 : before.entryAt(bit);
    int to = (after.entries & bit) == 0 ? -1 : after.entryAt(bit);
    if (from >= 0 && to >= 0 && before.contents[from].equals(after.contents[to])) {
      changed(after.contents[to], before.contents[from + 1], after.contents[to + 1], action);
      return;
    }
    if (from >= 0) {
      action.accept(before.contents[from], before.contents[from + 1], null);
    }
    if (to >= 0) {
      action.accept(after.contents[to], null, after.contents[to + 1]);
    }
  }

  @SuppressWarnings("ReferenceEquality") // values are immutable: the same object or a change
  private static void changed(
      Object key, Object before, Object after, Change<Object, Object> action) {
    if (before != after) {
      action.accept(key, before, after);
    }
  }

  /**
   * One side has a tree where the other has at most an entry.
   *
   * @param isTreeOlder which side that is
   */
  private static void visitTree(
      Node tree, Node other, int bit, boolean isTreeOlder, Change<Object, Object> action) {
    int at = (other.entries & bit) == 0 ? -1 : other.entryAt(bit);
    boolean[] isFound = new boolean[1];
    tree.forEach((key, value) -> {
      Object opposite = null;
      if (at >= 0 && other.contents[at].equals(key)) {
        isFound[0] = true;
        opposite = other.contents[at + 1];
      }
      report(key, value, opposite, isTreeOlder, action);
    });
    if (at >= 0 && !isFound[0]) {
      report(other.contents[at], null, other.contents[at + 1], isTreeOlder, action);
    }
  }

  @SuppressWarnings("ReferenceEquality") // as above
  private static void report(
      Object key,
      @Nullable Object inTree,
      @Nullable Object opposite,
      boolean isTreeOlder,
      Change<Object, Object> action) {
    if (inTree != opposite) {
      action.accept(key, isTreeOlder ? inTree : opposite, isTreeOlder ? opposite : inTree);
    }
  }

  private static void visitPairs(Node before, Node after, Change<Object, Object> action) {
    for (int i = 0; i < before.contents.length; i += 2) {
      Object key = before.contents[i];
      int at = after.collisionOf(key);
      report(key, before.contents[i + 1], at < 0 ? null : after.contents[at + 1], true, action);
    }
    for (int i = 0; i < after.contents.length; i += 2) {
      if (before.collisionOf(after.contents[i]) < 0) {
        action.accept(after.contents[i], null, after.contents[i + 1]);
      }
    }
  }
}
