package io.serai.bus;

import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values under consecutive numbers, most of them removed in about the order they were added:
 * unsettled deliveries by delivery tag, outstanding confirms by sequence. Add and remove take
 * constant time and allocate nothing once warm.
 *
 * <p>Memory follows the number of values held, which credit bounds, and not the span of their
 * numbers: a few values that stay while millions pass by are set aside. Shrinks to nothing when it
 * empties.
 *
 * @param <T> the values
 */
public final class SlotRing<T> {
  private static final int INITIAL_SLOTS = 16;
  private static final int KEPT_SLOTS = 4096;

  private static final Object[] NO_SLOTS = {};

  private @Nullable Object[] slots = NO_SLOTS;

  /** Numbers from here to {@link #next} have a slot. */
  private long first;

  private long next;
  private int inSlots;

  /** Values below {@link #first}; at most as many as were held when they were set aside. */
  private @Nullable TreeMap<Long, T> stragglers;

  /**
   * @param first the number the first value gets
   */
  public SlotRing(long first) {
    this.first = first;
    this.next = first;
  }

  /** Adds a value and answers its number. */
  public long add(T value) {
    if (next - first == slots.length) {
      makeRoom();
    }
    slots[at(next)] = value;
    inSlots++;
    return next++;
  }

  /** Uses up a number without holding anything under it, and answers it. */
  public long skip() {
    if (inSlots > 0 && next - first == slots.length) {
      makeRoom();
    }
    if (inSlots == 0) {
      first++;
    }
    return next++;
  }

  /** The number the next value will get. */
  public long nextNumber() {
    return next;
  }

  /** The smallest number that may still be held; equals {@link #nextNumber} when empty. */
  public long firstNumber() {
    TreeMap<Long, T> aside = stragglers;
    return aside == null ? first : aside.firstKey();
  }

  /** The value under {@code number}, or null when it was removed or never added. */
  public @Nullable T get(long number) {
    if (number < first) {
      TreeMap<Long, T> aside = stragglers;
      return aside == null ? null : aside.get(number);
    }
    return number >= next ? null : slot(number);
  }

  /** Removes and answers the value under {@code number}, or null when there is none. */
  public @Nullable T remove(long number) {
    if (number < first) {
      return removeStraggler(number);
    }
    T value = number >= next ? null : slot(number);
    if (value == null) {
      return null;
    }
    slots[at(number)] = null;
    inSlots--;
    if (inSlots == 0) {
      first = next;
      if (slots.length > KEPT_SLOTS) {
        slots = NO_SLOTS;
      }
    } else if (number == first) {
      skipRemoved();
    }
    return value;
  }

  /** Puts a value that was removed back under its number. */
  public void putBack(long number, T value) {
    if (number >= next) {
      throw new IllegalArgumentException("number " + number + " was not given out yet");
    }
    if (number < first) {
      TreeMap<Long, T> aside = stragglers;
      if (aside == null) {
        aside = new TreeMap<>();
        stragglers = aside;
      }
      aside.put(number, value);
    } else {
      slots[at(number)] = value;
      inSlots++;
    }
  }

  /** Removes every value, in the order of their numbers. */
  public void drain(Consumer<? super T> to) {
    TreeMap<Long, T> aside = stragglers;
    if (aside != null) {
      stragglers = null;
      aside.values().forEach(to);
    }
    for (; inSlots > 0; first++) {
      T value = slot(first);
      if (value != null) {
        slots[at(first)] = null;
        inSlots--;
        to.accept(value);
      }
    }
    first = next;
  }

  /** How many values are held. */
  public int size() {
    TreeMap<Long, T> aside = stragglers;
    return aside == null ? inSlots : inSlots + aside.size();
  }

  public boolean isEmpty() {
    return inSlots == 0 && stragglers == null;
  }

  /** Slots allocated now, for tests. */
  int slotCount() {
    return slots.length;
  }

  private @Nullable T removeStraggler(long number) {
    TreeMap<Long, T> aside = stragglers;
    if (aside == null) {
      return null;
    }
    T value = aside.remove(number);
    if (aside.isEmpty()) {
      stragglers = null;
    }
    return value;
  }

  private void skipRemoved() {
    do {
      first++;
    } while (slots[at(first)] == null);
  }

  /** Sets the older half aside when few values are left in it, else doubles the slots. */
  private void makeRoom() {
    if (inSlots >= slots.length / 4) {
      grow();
      return;
    }
    TreeMap<Long, T> aside = stragglers;
    if (aside == null) {
      aside = new TreeMap<>();
      stragglers = aside;
    }
    long end = first + slots.length / 2;
    for (; first < end; first++) {
      T value = slot(first);
      if (value != null) {
        aside.put(first, value);
        slots[at(first)] = null;
        inSlots--;
      }
    }
    if (inSlots == 0) {
      first = next;
    } else if (slots[at(first)] == null) {
      skipRemoved();
    }
  }

  private void grow() {
    @Nullable Object[] bigger = new Object[Math.max(INITIAL_SLOTS, slots.length * 2)];
    for (long n = first; n < next; n++) {
      bigger[(int) (n & (bigger.length - 1))] = slots[at(n)];
    }
    slots = bigger;
  }

  private int at(long number) {
    return (int) (number & (slots.length - 1));
  }

  private @Nullable T slot(long number) {
    @SuppressWarnings("unchecked") // only add() writes values
    T value = (T) slots[at(number)];
    return value;
  }
}
