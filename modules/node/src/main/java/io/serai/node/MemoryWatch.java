package io.serai.node;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds publishers back while the messages that queues keep take more than their share of the heap;
 * consumers go on, which is how the memory becomes free again. Looks often and on a thread of its
 * own, since a fast publisher fills a small heap in a fraction of a second and keeps the loops busy
 * with it.
 */
final class MemoryWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MemoryWatch.class);
  private static final long LOOK_INTERVAL_MILLIS = 10;

  /** What AMQP clients read in connection.blocked, in RabbitMQ's words. */
  static final String REASON = "low on memory";

  /** Publishers are stopped when they would reach the limit within so many looks. */
  private static final int LOOKS_AHEAD = 5;

  /** Publishers go on below this part of the limit, so that they do not stop and go. */
  private static final double RESUME_SHARE = 0.9;

  /** Where publishers are held back. */
  interface Gate {
    void block();

    void unblock();
  }

  private final LongSupplier heldBytes;
  private final LongSupplier wantedLimitBytes;
  private final Gate gate;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("serai-memory").daemon().factory());
  private volatile long limitBytes = Long.MAX_VALUE;
  private volatile boolean isBlocking;
  private long lastHeldBytes;

  /**
   * @param heldBytes heap bytes of messages that queues keep, and of what it takes to find them
   * @param limitBytes above how many bytes publishers wait; asked once, at the first look
   */
  MemoryWatch(LongSupplier heldBytes, LongSupplier limitBytes, Gate gate) {
    this.heldBytes = heldBytes;
    this.wantedLimitBytes = limitBytes;
    this.gate = gate;
  }

  /** Starts looking. */
  void start() {
    var _ =
        thread.scheduleWithFixedDelay(
            this::look, LOOK_INTERVAL_MILLIS, LOOK_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  void look() {
    if (limitBytes == Long.MAX_VALUE) {
      limitBytes = wantedLimitBytes.getAsLong(); // here and not at start: the JVM takes a while
      lastHeldBytes = heldBytes(); // what the store gave back did not come at this rate
    }
    long held = heldBytes();
    long growth = Math.max(0, held - lastHeldBytes);
    lastHeldBytes = held;
    if (!isBlocking && held + LOOKS_AHEAD * growth > limitBytes) {
      isBlocking = true;
      gate.block();
      log.atWarn()
          .addKeyValue("held_bytes", held)
          .addKeyValue("limit_bytes", limitBytes)
          .log("publishers blocked");
    } else if (isBlocking && growth == 0 && held < limitBytes * RESUME_SHARE) {
      isBlocking = false;
      gate.unblock();
      log.atInfo().addKeyValue("held_bytes", held).log("publishers go on");
    }
  }

  /**
   * Room for things that stay: the largest pool of the heap, since what a generational collector
   * sets aside for the young cannot hold the old.
   */
  static long heapBytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(MemoryWatch::maxBytes)
        .max()
        .orElse(Runtime.getRuntime().maxMemory());
  }

  private static long maxBytes(MemoryPoolMXBean pool) {
    long max = pool.getUsage().getMax();
    return max > 0 ? max : Runtime.getRuntime().maxMemory();
  }

  /** Heap bytes of messages that queues keep. From any thread. */
  long heldBytes() {
    return Math.max(0, heldBytes.getAsLong());
  }

  /** Above how many bytes publishers wait; {@link Long#MAX_VALUE} until the heap is known. */
  long limitBytes() {
    return limitBytes;
  }

  /** Whether publishers wait now. */
  boolean isBlocking() {
    return isBlocking;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
