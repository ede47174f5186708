package io.serai.routing.queue;

import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.StoredMessages;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredMessage;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The last value of each topic that this shard owns, found by filter. One tree of levels per vhost;
 * a filter walks it once, whatever its wildcards, and visits only what can match. A value goes when
 * it expires, when an empty body replaces it, or when a newer one does not fit.
 *
 * <p>Bounded by {@link ShardLimits}: beyond them new topics are not kept, which is counted.
 * Confined to the shard's loop.
 */
final class RetainedValues {
  /** Topics with more levels are kept in a flat map: nobody has them but an attacker. */
  private static final int MAX_TREE_LEVELS = 62;

  /** The place of a value that is not in the store. */
  private static final long NOT_STORED = -1;

  /** Heap bytes of a tree node with its entry in the parent's map. */
  private static final int NODE_BYTES = 112;

  /** A level of a topic, and the value of the topic that ends here. */
  private static final class Node {
    final @Nullable Node parent;
    final String level;
    @Nullable Map<String, Node> children;
    @Nullable Message message;

    /** Its place in the store, {@link #NOT_STORED} when it has none. */
    long sequence;

    @Nullable Deadline expiry;

    Node(@Nullable Node parent, String level) {
      this.parent = parent;
      this.level = level;
    }
  }

  /** One vhost's values. */
  private static final class Tree {
    final Node root = new Node(null, "");
    final Map<Topic, Node> deep = new HashMap<>();
  }

  private final ShardHost host;
  private final MemoryAccount memory;
  private final Deadlines deadlines;
  private final ShardLimits limits;
  private final Store store;
  private long nextSequence;
  private final Map<String, Tree> trees = new HashMap<>();
  private int count;
  private long bytes;
  private long notKept;

  RetainedValues(int loop, ShardServices shard) {
    this.host = shard.host();
    this.memory = shard.memory();
    this.deadlines = shard.deadlines();
    this.limits = shard.limits();
    this.store = shard.store();
    this.nextSequence = Store.sequenceOfLoop(loop, store.firstSequence());
  }

  /** Number of topics with a value. */
  int count() {
    return count;
  }

  /** How many values were not kept because a limit was reached. */
  long notKept() {
    return notKept;
  }

  /** Heap bytes of all values and the tree. */
  long bytes() {
    return bytes;
  }

  /**
   * Makes the message its topic's value; one with an empty body removes the value.
   *
   * @return false when a limit did not let it be kept; the topic then has no value, because the old
   *     one is out of date
   */
  boolean keep(Message message) {
    Tree tree = trees.computeIfAbsent(message.origin().vhost(), _ -> new Tree());
    boolean isRemoval =
        message.body().length() == 0 || message.expiresAtMillis() <= host.nowMillis();
    Node node = isRemoval ? find(tree, message.topic()) : findOrCreate(tree, message.topic());
    if (node == null) {
      return true;
    }
    clear(node);
    if (isRemoval) {
      prune(tree, node, message.topic());
      return true;
    }
    if (count >= limits.retainedMessages()
        || bytes + message.sizeBytes() > limits.retainedBytes()) {
      notKept++;
      prune(tree, node, message.topic());
      return false;
    }
    hold(tree, node, message, store(message));
    return true;
  }

  /**
   * As {@link #keep}, if the topic's value is the one that is known.
   *
   * @param known null for none
   * @return false when it is another one by now, and stays
   */
  boolean replace(Message message, @Nullable Message known) {
    Tree tree = trees.get(message.origin().vhost());
    Node node = tree == null ? null : find(tree, message.topic());
    boolean isThere =
        node != null && (node.expiry == null || node.expiry.atMillis > host.nowMillis());
    Message value = node == null || !isThere ? null : node.message;
    if (value != known) {
      return false;
    }
    keep(message);
    return true;
  }

  /**
   * Answers the value's place in the store. What the node says of itself has none: it is said again
   * at the next start, and would be written every few seconds for nothing.
   */
  private long store(Message message) {
    if (message.address().exchange().equals(Address.SYSTEM_EXCHANGE)
        || !StoredMessages.canWrite(message)) {
      return NOT_STORED;
    }
    long sequence = nextSequence++;
    store.append(Store.RETAINED_OWNER, sequence, message, null, false, 0);
    return sequence;
  }

  /** Takes back a value that the store has, unless it has a newer one of the topic. */
  void restore(StoredMessage stored) {
    Message message = stored.message();
    Tree tree = trees.computeIfAbsent(message.origin().vhost(), _ -> new Tree());
    Node node = findOrCreate(tree, message.topic());
    boolean isNewer = node.message == null || Store.isLater(stored.sequence(), node.sequence);
    if (!isNewer || message.expiresAtMillis() <= host.nowMillis()) {
      store.settle(Store.RETAINED_OWNER, stored.sequence());
      prune(tree, node, message.topic());
      return;
    }
    clear(node);
    hold(tree, node, message, stored.sequence());
  }

  private void hold(Tree tree, Node node, Message message, long sequence) {
    node.message = message;
    node.sequence = sequence;
    count++;
    bytes += message.sizeBytes();
    memory.take(message, 1);
    if (message.expiresAtMillis() != Deadline.NEVER) {
      Deadline expiry =
          new Deadline(() -> {
            clear(node);
            prune(tree, node, message.topic());
          });
      node.expiry = expiry;
      deadlines.set(expiry, message.expiresAtMillis());
    }
  }

  /**
   * Hands unexpired values of the vhost that pass the filter to {@code to}, each once, as long as
   * that answers that it wants more.
   */
  void read(String vhost, TopicFilter filter, Predicate<Message> to) {
    Tree tree = trees.get(vhost);
    if (tree == null) {
      return;
    }
    Predicate<Message> matching = message -> !filter.matches(message.topic()) || to.test(message);
    long now = host.nowMillis();
    boolean wantsMore;
    if (filter instanceof TopicFilter.Levels levels
        && levels.steps().size() <= FilterWalk.MAX_STEPS) {
      FilterWalk walk = new FilterWalk(levels);
      wantsMore = visit(tree.root, walk.start(), walk, true, now, to);
    } else {
      wantsMore = visitAll(tree.root, now, matching);
    }
    Iterator<Node> deep = tree.deep.values().iterator();
    while (wantsMore && deep.hasNext()) {
      wantsMore = hand(deep.next(), now, matching);
    }
  }

  /**
   * Hands over the node's value unless it is due to go; does not look into the message, which is
   * not near. Answers whether more are wanted.
   */
  private static boolean hand(Node node, long now, Predicate<Message> to) {
    return node.message == null
        || (node.expiry != null && node.expiry.atMillis <= now)
        || to.test(node.message);
  }

  // At most MAX_TREE_LEVELS deep.
  private static boolean visit(
      Node node, long states, FilterWalk walk, boolean isRoot, long now, Predicate<Message> to) {
    if (walk.accepts(states) && !hand(node, now, to)) {
      return false;
    }
    Map<String, Node> children = node.children;
    if (children == null) {
      return true;
    }
    if (walk.hasWildcard(states)) {
      for (Node child : children.values()) {
        if (!isRoot || !walk.hides(child.level)) {
          long next = walk.step(states, child.level);
          if (next != 0 && !visit(child, next, walk, false, now, to)) {
            return false;
          }
        }
      }
      return true;
    }
    List<String> literals = walk.literals(states);
    for (int i = 0; i < literals.size(); i++) {
      Node child = children.get(literals.get(i));
      if (child != null && !visit(child, walk.step(states, child.level), walk, false, now, to)) {
        return false;
      }
    }
    return true;
  }

  private static boolean visitAll(Node node, long now, Predicate<Message> to) {
    if (!hand(node, now, to)) {
      return false;
    }
    if (node.children != null) {
      for (Node child : node.children.values()) {
        if (!visitAll(child, now, to)) {
          return false;
        }
      }
    }
    return true;
  }

  private static @Nullable Node find(Tree tree, Topic topic) {
    if (topic.levelCount() > MAX_TREE_LEVELS) {
      return tree.deep.get(topic);
    }
    Node node = tree.root;
    for (String level : topic.levelsShared()) {
      node = node.children == null ? null : node.children.get(level);
      if (node == null) {
        return null;
      }
    }
    return node;
  }

  private Node findOrCreate(Tree tree, Topic topic) {
    if (topic.levelCount() > MAX_TREE_LEVELS) {
      Node known = tree.deep.get(topic);
      if (known == null) {
        known = new Node(null, "");
        tree.deep.put(topic, known);
        bytes += NODE_BYTES;
      }
      return known;
    }
    Node node = tree.root;
    for (String level : topic.levelsShared()) {
      Map<String, Node> children = node.children;
      if (children == null) {
        children = HashMap.newHashMap(1);
        node.children = children;
      }
      Node child = children.get(level);
      if (child == null) {
        child = new Node(node, level);
        children.put(level, child);
        bytes += NODE_BYTES;
      }
      node = child;
    }
    return node;
  }

  private void clear(Node node) {
    Message message = node.message;
    if (message == null) {
      return;
    }
    node.message = null;
    count--;
    bytes -= message.sizeBytes();
    memory.drop(message);
    if (node.sequence != NOT_STORED) {
      store.settle(Store.RETAINED_OWNER, node.sequence);
    }
    if (node.expiry != null) {
      deadlines.set(node.expiry, Deadline.NEVER);
      node.expiry = null;
    }
  }

  /** Removes nodes that lead nowhere any more. */
  private void prune(Tree tree, Node from, Topic topic) {
    if (topic.levelCount() > MAX_TREE_LEVELS) {
      if (from.message == null && tree.deep.remove(topic) != null) {
        bytes -= NODE_BYTES;
      }
      return;
    }
    Node node = from;
    while (node.message == null && node.children == null && node.parent != null) {
      Node parent = node.parent;
      Map<String, Node> siblings = parent.children;
      if (siblings == null || siblings.remove(node.level) == null) {
        return;
      }
      bytes -= NODE_BYTES;
      if (siblings.isEmpty()) {
        parent.children = null;
      }
      node = parent;
    }
  }
}
