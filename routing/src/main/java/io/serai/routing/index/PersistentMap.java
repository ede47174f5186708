package io.serai.routing.index;

import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash map that shares structure with the maps it was made from: a hash array mapped
 * trie in the compressed form of Steindorfer and Vinju (CHAMP). Reading takes no lock; adding or
 * removing copies one path of at most seven small nodes.
 *
 * @param <K> keys, with good {@code hashCode}
 * @param <V> values
 */
public final class PersistentMap<K, V> {
  private static final PersistentMap<?, ?> EMPTY =
      new PersistentMap<>(new Node(0, 0, new Object[0]), 0);

  private final Node root;
  private final int size;

  private PersistentMap(Node root, int size) {
    this.root = root;
    this.size = size;
  }

  /** The map with no entries. */
  @SuppressWarnings("unchecked") // holds nothing
  public static <K, V> PersistentMap<K, V> empty() {
    return (PersistentMap<K, V>) EMPTY;
  }

  /** Number of entries. */
  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** The value under {@code key}, or null. */
  @SuppressWarnings("unchecked") // only with() writes values
  public @Nullable V get(Object key) {
    return (V) root.get(key, spread(key), 0);
  }

  public boolean containsKey(Object key) {
    return root.get(key, spread(key), 0) != null;
  }

  /** A map in which {@code key} has {@code value}. */
  public PersistentMap<K, V> with(K key, V value) {
    boolean[] added = new boolean[1];
    Node changed = root.with(key, value, spread(key), 0, added);
    return changed == root ? this : new PersistentMap<>(changed, size + (added[0] ? 1 : 0));
  }

  /** A map without {@code key}. */
  public PersistentMap<K, V> without(Object key) {
    Node changed = root.without(key, spread(key), 0);
    if (changed == root) {
      return this;
    }
    return size == 1
        ? empty()
        : new PersistentMap<>(changed == null ? emptyRoot() : changed, size - 1);
  }

  private static Node emptyRoot() {
    return EMPTY.root;
  }

  /** Visits every entry, in no particular order. */
  @SuppressWarnings("unchecked") // only with() writes keys and values
  public void forEach(BiConsumer<? super K, ? super V> action) {
    root.forEach((BiConsumer<Object, Object>) (BiConsumer<?, ?>) action);
  }

  /** A key whose value differs between two maps. */
  @FunctionalInterface
  public interface Change<K, V> {
    /**
     * One of the values may be null, for a key that only the other map has.
     *
     * @param before in the older map
     * @param after in this one
     */
    void accept(K key, @Nullable V before, @Nullable V after);
  }

  /**
   * Visits every key whose value is not the same object as in {@code older}. What both maps share
   * is passed over, so that comparing a map with what it was made from costs as much as the change.
   */
  @SuppressWarnings("unchecked") // only with() writes keys and values
  public void forEachChange(PersistentMap<K, V> older, Change<? super K, ? super V> action) {
    MapChanges.visit(older.root, root, 0, (Change<Object, Object>) (Change<?, ?>) action);
  }

  private static int spread(Object key) {
    int h = key.hashCode();
    return h ^ (h >>> 16);
  }

  /**
   * Up to 32 entries and children. {@code contents} holds key, value pairs of the entries from the
   * front and the children from the back. With the hash used up, a node holds colliding pairs only.
   */
  static final class Node {
    static final int BITS = 5;
    static final int HASH_BITS = 32;

    final int entries;
    final int children;
    final Object[] contents;

    Node(int entries, int children, Object[] contents) {
      this.entries = entries;
      this.children = children;
      this.contents = contents;
    }

    private static int bit(int hash, int shift) {
      return 1 << ((hash >>> shift) & 31);
    }

    int entryAt(int bit) {
      return 2 * Integer.bitCount(entries & (bit - 1));
    }

    int childAt(int bit) {
      return contents.length - 1 - Integer.bitCount(children & (bit - 1));
    }

    @Nullable Object get(Object key, int hash, int shift) {
      Node node = this;
      int at = shift;
      while (true) {
        if (at >= HASH_BITS) {
          int collision = node.collisionOf(key);
          return collision < 0 ? null : node.contents[collision + 1];
        }
        int bit = bit(hash, at);
        if ((node.entries & bit) != 0) {
          int index = node.entryAt(bit);
          return node.contents[index].equals(key) ? node.contents[index + 1] : null;
        }
        if ((node.children & bit) == 0) {
          return null;
        }
        node = (Node) node.contents[node.childAt(bit)];
        at += BITS;
      }
    }

    int collisionOf(Object key) {
      for (int i = 0; i < contents.length; i += 2) {
        if (contents[i].equals(key)) {
          return i;
        }
      }
      return -1;
    }

    Node with(Object key, Object value, int hash, int shift, boolean[] added) {
      if (shift >= HASH_BITS) {
        return withCollision(key, value, added);
      }
      int bit = bit(hash, shift);
      if ((entries & bit) != 0) {
        int index = entryAt(bit);
        Object present = contents[index];
        if (present.equals(key)) {
          return contents[index + 1] == value ? this : replaced(index, key, value);
        }
        added[0] = true;
        Node below =
            pair(present, contents[index + 1], spread(present), key, value, hash, shift + BITS);
        return entryToChild(bit, index, below);
      }
      if ((children & bit) != 0) {
        int index = childAt(bit);
        Node child = (Node) contents[index];
        Node changed = child.with(key, value, hash, shift + BITS, added);
        return changed == child ? this : withChild(index, changed);
      }
      added[0] = true;
      int index = entryAt(bit);
      Object[] copy = new Object[contents.length + 2];
      System.arraycopy(contents, 0, copy, 0, index);
      copy[index] = key;
      copy[index + 1] = value;
      System.arraycopy(contents, index, copy, index + 2, contents.length - index);
      return new Node(entries | bit, children, copy);
    }

    private Node withCollision(Object key, Object value, boolean[] added) {
      int index = collisionOf(key);
      if (index >= 0) {
        return contents[index + 1] == value ? this : replaced(index, key, value);
      }
      added[0] = true;
      Object[] copy = Arrays.copyOf(contents, contents.length + 2);
      copy[contents.length] = key;
      copy[contents.length + 1] = value;
      return new Node(0, 0, copy);
    }

    private static Node pair(
        Object key1, Object value1, int hash1, Object key2, Object value2, int hash2, int shift) {
      if (shift >= HASH_BITS) {
        return new Node(0, 0, new Object[] {key1, value1, key2, value2});
      }
      int bit1 = bit(hash1, shift);
      int bit2 = bit(hash2, shift);
      if (bit1 == bit2) {
        Node below = pair(key1, value1, hash1, key2, value2, hash2, shift + BITS);
        return new Node(0, bit1, new Object[] {below});
      }
      boolean inOrder = Integer.compareUnsigned(bit1, bit2) < 0;
      return new Node(
          bit1 | bit2,
          0,
          inOrder
              ? new Object[] {key1, value1, key2, value2}
              : new Object[] {key2, value2, key1, value1});
    }

    private Node replaced(int index, Object key, Object value) {
      Object[] copy = contents.clone();
      copy[index] = key;
      copy[index + 1] = value;
      return new Node(entries, children, copy);
    }

    private Node withChild(int index, Node child) {
      Object[] copy = contents.clone();
      copy[index] = child;
      return new Node(entries, children, copy);
    }

    private Node entryToChild(int bit, int index, Node child) {
      Object[] copy = new Object[contents.length - 1];
      int childIndex = copy.length - 1 - Integer.bitCount(children & (bit - 1));
      // Entries before and after the one that goes, the new child, then the children below it.
      System.arraycopy(contents, 0, copy, 0, index);
      System.arraycopy(contents, index + 2, copy, index, childIndex - index);
      copy[childIndex] = child;
      System.arraycopy(
          contents, childIndex + 2, copy, childIndex + 1, copy.length - childIndex - 1);
      return new Node(entries & ~bit, children | bit, copy);
    }

    /** This node without {@code key}; itself when it has none, null when nothing is left. */
    @Nullable Node without(Object key, int hash, int shift) {
      if (shift >= HASH_BITS) {
        int index = collisionOf(key);
        return index < 0 ? this : withoutPair(index, 0);
      }
      int bit = bit(hash, shift);
      if ((entries & bit) != 0) {
        int index = entryAt(bit);
        return contents[index].equals(key) ? withoutPair(index, bit) : this;
      }
      if ((children & bit) == 0) {
        return this;
      }
      int index = childAt(bit);
      Node child = (Node) contents[index];
      Node changed = child.without(key, hash, shift + BITS);
      if (changed == child) {
        return this;
      }
      if (changed == null) {
        return withoutChild(index, bit);
      }
      if (changed.children == 0 && changed.contents.length == 2) {
        return childToEntry(index, bit, changed.contents[0], changed.contents[1]);
      }
      return withChild(index, changed);
    }

    private @Nullable Node withoutPair(int index, int bit) {
      if (contents.length == 2) {
        return null;
      }
      Object[] copy = new Object[contents.length - 2];
      System.arraycopy(contents, 0, copy, 0, index);
      System.arraycopy(contents, index + 2, copy, index, copy.length - index);
      return new Node(entries & ~bit, children, copy);
    }

    private @Nullable Node withoutChild(int index, int bit) {
      if (contents.length == 1) {
        return null;
      }
      Object[] copy = new Object[contents.length - 1];
      System.arraycopy(contents, 0, copy, 0, index);
      System.arraycopy(contents, index + 1, copy, index, copy.length - index);
      return new Node(entries, children & ~bit, copy);
    }

    /** Keeps the form canonical: a child with a single entry becomes an entry here. */
    private Node childToEntry(int index, int bit, Object key, Object value) {
      int entryIndex = entryAt(bit);
      Object[] copy = new Object[contents.length + 1];
      System.arraycopy(contents, 0, copy, 0, entryIndex);
      copy[entryIndex] = key;
      copy[entryIndex + 1] = value;
      System.arraycopy(contents, entryIndex, copy, entryIndex + 2, index - entryIndex);
      System.arraycopy(contents, index + 1, copy, index + 2, contents.length - index - 1);
      return new Node(entries | bit, children & ~bit, copy);
    }

    void forEach(BiConsumer<Object, Object> action) {
      int pairs = children == 0 ? contents.length : 2 * Integer.bitCount(entries);
      for (int i = 0; i < pairs; i += 2) {
        action.accept(contents[i], contents[i + 1]);
      }
      for (int i = pairs; i < contents.length; i++) {
        ((Node) contents[i]).forEach(action);
      }
    }
  }
}
