package io.serai.bus;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One loop's counters. Written by that loop only, without atomics; read from anywhere, a little
 * late.
 */
public final class Counters {
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  /** Cells are padded to a cache line so that two loops never write the same line. */
  private static final int STRIDE = 8;

  private final long[] cells = new long[(Counter.values().length + 2) * STRIDE];

  /** Adds {@code amount}. On the owning loop only. */
  public void add(Counter counter, long amount) {
    int at = (counter.ordinal() + 1) * STRIDE;
    CELL.setOpaque(cells, at, cells[at] + amount);
  }

  /** The count so far. */
  public long get(Counter counter) {
    return (long) CELL.getOpaque(cells, (counter.ordinal() + 1) * STRIDE);
  }
}
