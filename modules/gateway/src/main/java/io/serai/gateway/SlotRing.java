package io.serai.gateway;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Values under consecutive numbers, most of them removed in about the order they were added:
 * unsettled deliveries by delivery tag, outstanding confirms by sequence. Add and remove take
 * constant time and allocate nothing once warm. Grows with what is outstanding, which credit
 * bounds; shrinks to nothing when it empties.
 *
 * @param <T> the values
 */
public final class SlotRing<T> {
  private static final int INITIAL_SLOTS = 16;

  private @Nullable Object[] slots = new Object[INITIAL_SLOTS];
  private long first;
  private long next;
  private int size;

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
      grow();
    }
    slots[(int) (next & (slots.length - 1))] = value;
    size++;
    return next++;
  }

  /** The number the next value will get. */
  public long nextNumber() {
    return next;
  }

  /** The smallest number that may still be held; equals {@link #nextNumber} when empty. */
  public long firstNumber() {
    return first;
  }

  /** The value under {@code number}, or null when it was removed or never added. */
  public @Nullable T get(long number) {
    if (number < first || number >= next) {
      return null;
    }
    @SuppressWarnings("unchecked") // only add() writes values
    T value = (T) slots[(int) (number & (slots.length - 1))];
    return value;
  }

  /** Removes and answers the value under {@code number}, or null when there is none. */
  public @Nullable T remove(long number) {
    T value = get(number);
    if (value == null) {
      return null;
    }
    slots[(int) (number & (slots.length - 1))] = null;
    size--;
    if (size == 0) {
      first = next;
      if (slots.length > 4096) {
        slots = new Object[INITIAL_SLOTS];
      }
    } else if (number == first) {
      do {
        first++;
      } while (slots[(int) (first & (slots.length - 1))] == null);
    }
    return value;
  }

  /** How many values are held. */
  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  private void grow() {
    @Nullable Object[] bigger = Arrays.copyOf(slots, slots.length * 2);
    Arrays.fill(bigger, null);
    for (long n = first; n < next; n++) {
      bigger[(int) (n & (bigger.length - 1))] = slots[(int) (n & (slots.length - 1))];
    }
    slots = bigger;
  }
}
