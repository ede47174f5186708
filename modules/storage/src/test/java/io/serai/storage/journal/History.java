package io.serai.storage.journal;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one loop told the journal and what the journal confirmed. After a crash the journal must
 * hold what the loop had said up to the end of some flush that is not before the last confirmed
 * one.
 */
final class History {
  private record Place(long owner, long sequence) {}

  /** A loop's view at the end of a flush. */
  private static final class State {
    final Map<Long, TreeMap<Long, byte[]>> owners = new HashMap<>();
    final Map<ByteBuffer, ByteBuffer> facts = new HashMap<>();
    long position;

    /** Owners that the last flush removed. */
    final Set<Long> removing = new HashSet<>();

    /** What the last flush settled if it has nothing else that must come with it. */
    final Set<Place> settledAlone = new HashSet<>();

    /** In later flushes. */
    final Set<Place> mayBeGone = new HashSet<>();

    final Set<Long> mayBeRemoved = new HashSet<>();

    State copy() {
      State copy = new State();
      owners.forEach((owner, messages) -> copy.owners.put(owner, new TreeMap<>(messages)));
      copy.facts.putAll(facts);
      copy.position = position;
      return copy;
    }
  }

  /** Whether the disk may have been full: what is settled alone goes ahead of what waits. */
  boolean mayBeAhead;

  private final Set<Place> settled = new HashSet<>();
  private boolean isTogether;
  private State now = new State();
  private final ArrayDeque<State> flushed = new ArrayDeque<>();
  private final Set<Long> everOwned = new HashSet<>();

  History() {
    flushed.add(now.copy());
  }

  void append(long owner, long sequence, byte[] content) {
    everOwned.add(owner);
    isTogether = true;
    now.owners.computeIfAbsent(owner, _ -> new TreeMap<>()).put(sequence, content);
  }

  /** What this flush settles is not settled ahead of the rest of it. */
  void keepTogether() {
    isTogether = true;
  }

  void settle(long owner, long sequence) {
    settled.add(new Place(owner, sequence));
    TreeMap<Long, byte[]> messages = now.owners.get(owner);
    if (messages != null) {
      messages.remove(sequence);
      if (messages.isEmpty()) {
        now.owners.remove(owner);
      }
    }
  }

  Long anyOf(long owner, Random random) {
    TreeMap<Long, byte[]> messages = now.owners.get(owner);
    if (messages == null) {
      return null;
    }
    // Mostly the oldest, as a queue does; sometimes any.
    return random.nextInt(4) > 0
        ? messages.firstKey()
        : messages.keySet().stream()
            .skip(random.nextInt(messages.size()))
            .findFirst()
            .orElseThrow();
  }

  void ownerRemoved(long owner) {
    now.owners.remove(owner);
    now.removing.add(owner);
  }

  void put(byte[] key, byte[] value) {
    now.facts.put(ByteBuffer.wrap(key), ByteBuffer.wrap(value));
  }

  void remove(byte[] key) {
    now.facts.remove(ByteBuffer.wrap(key));
  }

  void flushed(long position) {
    now.position = position;
    State state = now.copy();
    state.removing.addAll(now.removing);
    now.removing.clear();
    if (!isTogether) {
      state.settledAlone.addAll(settled);
    }
    settled.clear();
    isTogether = false;
    flushed.add(state);
  }

  /** Everything up to a position is promised now. */
  void synced(long position) {
    while (flushed.size() > 1 && second().position <= position) {
      flushed.removeFirst();
    }
  }

  private State second() {
    var it = flushed.iterator();
    it.next();
    return it.next();
  }

  /** A new handle counts from its own start. */
  void started(long position) {
    for (State state : flushed) {
      state.position = position;
    }
    now.position = position;
  }

  /** How many messages are promised. */
  int promised() {
    return flushed.getFirst().owners.values().stream().mapToInt(TreeMap::size).sum();
  }

  /**
   * What is wrong with what was found; empty when nothing is. Goes on from what was found.
   *
   * @param loop whose facts have keys that begin with it
   */
  List<String> judge(Found found, int loop) {
    Map<Long, TreeMap<Long, byte[]>> owners = new HashMap<>(found.owners);
    owners.keySet().retainAll(everOwned);
    Map<ByteBuffer, ByteBuffer> facts = new HashMap<>(found.facts);
    facts.keySet().removeIf(key -> key.get(0) != loop);

    List<String> best = null;
    State match = null;
    // A removal follows the unit that has its flush, and perhaps later ones: it may be half done.
    Set<Long> removing = new HashSet<>();
    boolean first = true;
    for (State state : flushed) {
      if (!first) {
        removing.addAll(state.removing);
      }
      first = false;
      List<String> wrong = compare(ahead(state), removing, owners, facts);
      if (best == null || wrong.size() < best.size()) {
        best = wrong;
        match = state;
      }
    }
    List<String> verdict = new ArrayList<>(best);
    verdict.addAll(found.oddities);
    now = match.copy();
    now.owners.clear();
    owners.forEach((owner, messages) -> now.owners.put(owner, new TreeMap<>(messages)));
    flushed.clear();
    flushed.add(now.copy());
    return verdict;
  }

  /** Together with what later flushes settled alone, where that may be found without the rest. */
  private State ahead(State state) {
    if (!mayBeAhead) {
      return state;
    }
    State ahead = state.copy();
    boolean isLater = false;
    for (State later : flushed) {
      if (isLater) {
        ahead.mayBeGone.addAll(later.settledAlone);
        ahead.mayBeRemoved.addAll(later.removing);
      }
      isLater |= later == state;
    }
    return ahead;
  }

  private static List<String> compare(
      State expected,
      Set<Long> removing,
      Map<Long, TreeMap<Long, byte[]>> owners,
      Map<ByteBuffer, ByteBuffer> facts) {
    List<String> wrong = new ArrayList<>();
    Set<Long> all = new HashSet<>(owners.keySet());
    all.addAll(expected.owners.keySet());
    for (long owner : all) {
      TreeMap<Long, byte[]> want = expected.owners.getOrDefault(owner, new TreeMap<>());
      TreeMap<Long, byte[]> have = owners.getOrDefault(owner, new TreeMap<>());
      if (removing.contains(owner) || expected.mayBeRemoved.contains(owner)) {
        continue;
      }
      want.forEach((sequence, content) -> {
        byte[] found = have.get(sequence);
        if (found == null && !expected.mayBeGone.contains(new Place(owner, sequence))) {
          wrong.add("lost " + owner + "/" + sequence);
        } else if (found != null && !Arrays.equals(found, content)) {
          wrong.add("damaged " + owner + "/" + sequence);
        }
      });
      have.keySet().stream()
          .filter(sequence -> !want.containsKey(sequence))
          .forEach(sequence -> wrong.add("invented " + owner + "/" + sequence));
    }
    if (!facts.equals(expected.facts)) {
      wrong.add("facts " + facts + " instead of " + expected.facts);
    }
    return wrong;
  }
}
