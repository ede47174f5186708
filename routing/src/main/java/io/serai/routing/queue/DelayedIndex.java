package io.serai.routing.queue;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait for their time, in the order of their times, wherever they are. Of those that
 * the store has, the ones due first are in memory, as far as there is room for them; of the others
 * there is only what {@link HeldMessage} says, about {@link #AWAY_BYTES} each.
 */
final class DelayedIndex {
  /** Heap bytes of one that is in the store only. */
  static final int AWAY_BYTES = 120;

  /** Messages that are not in the store. */
  private final TreeSet<HeldMessage> unstored = new TreeSet<>(HeldMessage.ORDER);

  /** Messages that are in memory and in the store. */
  private final TreeSet<HeldMessage> here = new TreeSet<>(HeldMessage.ORDER);

  /** Messages that are in the store only. */
  private final TreeSet<HeldMessage> away = new TreeSet<>(HeldMessage.ORDER);

  /** Heap bytes of the messages {@link #here}. */
  private long bytesHere;

  int count() {
    return unstored.size() + here.size() + away.size();
  }

  /** Adds one that is in memory. */
  void add(HeldMessage one, boolean isStored) {
    if (isStored) {
      here.add(one);
      bytesHere += one.messageBytes();
    } else {
      unstored.add(one);
    }
  }

  /** Adds one that is in the store only. */
  void addAway(HeldMessage one) {
    away.add(one);
  }

  /** Whether one is in, and in the store only. */
  boolean isAway(HeldMessage one) {
    return away.contains(one);
  }

  /** Takes one out; false when it is not in. */
  boolean remove(HeldMessage one) {
    if (here.remove(one)) {
      bytesHere -= one.messageBytes();
      return true;
    }
    return unstored.remove(one) || away.remove(one);
  }

  /** The one due first; null when there is none. */
  @Nullable HeldMessage first() {
    return firstOf(first(unstored), first(here), first(away));
  }

  /** The first one that is in the store only; null when there is none. */
  @Nullable HeldMessage firstAway() {
    return first(away);
  }

  /** The one due next after another, which need not be in; null when there is none. */
  @Nullable HeldMessage after(HeldMessage other) {
    return firstOf(unstored.higher(other), here.higher(other), away.higher(other));
  }

  /** Those in the store only from one on, as many as fit so many bytes, and at least one. */
  List<HeldMessage> awayFrom(HeldMessage from, long bytes) {
    List<HeldMessage> some = new ArrayList<>();
    Iterator<HeldMessage> next = away.tailSet(from, true).iterator();
    for (long left = bytes; left > 0 && next.hasNext(); ) {
      HeldMessage one = next.next();
      some.add(one);
      left -= one.messageBytes();
    }
    return some;
  }

  /**
   * One whose message has to go to make room, the last of them; null when there is room, or none
   * that could go. It is in the store only from then on.
   *
   * @param mostBytes what may be here
   * @param safePosition up to where the store can be read
   */
  @Nullable HeldMessage takeAway(long mostBytes, long safePosition) {
    if (bytesHere <= mostBytes) {
      return null;
    }
    HeldMessage last = here.last();
    if (last.safeAt > safePosition || last == first()) {
      return null;
    }
    here.remove(last);
    bytesHere -= last.messageBytes();
    away.add(last);
    return last;
  }

  /** Whether one that is in the store only, and a page with it, may be in memory too. */
  boolean hasRoom(HeldMessage one, long mostBytes) {
    return bytesHere + Math.max(DelayedMessages.PAGE_BYTES, one.messageBytes()) <= mostBytes;
  }

  /** The message of one that was in the store only is in memory now. */
  void isHere(HeldMessage one) {
    away.remove(one);
    add(one, true);
  }

  private static @Nullable HeldMessage first(TreeSet<HeldMessage> set) {
    return set.isEmpty() ? null : set.first();
  }

  private static @Nullable HeldMessage firstOf(
      @Nullable HeldMessage one, @Nullable HeldMessage other, @Nullable HeldMessage third) {
    return firstOf(firstOf(one, other), third);
  }

  private static @Nullable HeldMessage firstOf(
      @Nullable HeldMessage one, @Nullable HeldMessage other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return HeldMessage.ORDER.compare(one, other) <= 0 ? one : other;
  }
}
