package io.serai.node;

import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Keeps connections from taking the file descriptors that storage needs to go on: looks how many
 * the process has beside them, such as one for each segment of the journal, and has the listeners
 * let in as many as fit. On a thread of its own: looking takes longer the more there are.
 */
final class DescriptorWatch implements AutoCloseable {
  private static final long LEAST_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** It takes no more than such a part of a thread's time. */
  private static final int INTERVAL_TIMES_COST = 100;

  /** Connections that are let in whatever else is open: a backlog has to be drained by somebody. */
  private static final int LEAST_CONNECTIONS = 16;

  private final OptionalLong limit;
  private final LongSupplier open;
  private final IntSupplier connections;
  private final IntConsumer fitting;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("serai-descriptors").daemon().factory());

  /**
   * @param limit of the process; empty where there is none
   * @param open how many descriptors it has now; negative when nobody knows
   * @param connections how many of them are connections
   * @param fitting told how many connections fit
   */
  DescriptorWatch(
      OptionalLong limit, LongSupplier open, IntSupplier connections, IntConsumer fitting) {
    this.limit = limit;
    this.open = open;
    this.connections = connections;
    this.fitting = fitting;
  }

  /** Looks, and goes on looking. */
  void start() {
    if (limit.isPresent()) {
      lookAgain();
    }
  }

  private void lookAgain() {
    long began = System.nanoTime();
    look();
    long cost = System.nanoTime() - began;
    var _ =
        thread.schedule(
            this::lookAgain,
            Math.max(LEAST_INTERVAL_NANOS, INTERVAL_TIMES_COST * cost),
            TimeUnit.NANOSECONDS);
  }

  void look() {
    long now = open.getAsLong();
    if (limit.isEmpty() || now < 0) {
      return;
    }
    long others = Math.max(0, now - connections.getAsInt());
    long fit = limit.getAsLong() - FileDescriptors.reserve(limit.getAsLong()) - others;
    fitting.accept((int) Math.clamp(fit, LEAST_CONNECTIONS, Integer.MAX_VALUE));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
