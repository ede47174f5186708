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
 * let in as many as fit. HTTP has a share of its own, so that neither clients nor those who look
 * after the node keep the others out. On a thread of its own: looking takes longer the more there
 * are.
 */
final class DescriptorWatch implements AutoCloseable {
  private static final long LEAST_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** It takes no more than such a part of a thread's time. */
  private static final int INTERVAL_TIMES_COST = 100;

  /** Connections that are let in whatever else is open: a backlog has to be drained by somebody. */
  private static final int LEAST_CONNECTIONS = 16;

  /** Part of what fits that HTTP may have. */
  private static final int HTTP_PART = 10;

  /**
   * Connections of one kind.
   *
   * @param most how many there may ever be
   * @param open how many there are
   * @param fitting told how many fit
   */
  record Sockets(int most, IntSupplier open, IntConsumer fitting) {
    private int tell(long fit) {
      int told = (int) Math.min(Math.max(fit, LEAST_CONNECTIONS), most);
      fitting.accept(told);
      return told;
    }
  }

  private final OptionalLong limit;
  private final LongSupplier open;
  private final Sockets clients;
  private final Sockets http;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("serai-descriptors").daemon().factory());

  /**
   * @param limit of the process; empty where there is none
   * @param open how many descriptors it has now; negative when nobody knows
   */
  DescriptorWatch(OptionalLong limit, LongSupplier open, Sockets clients, Sockets http) {
    this.limit = limit;
    this.open = open;
    this.clients = clients;
    this.http = http;
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
    long others = Math.max(0, now - clients.open.getAsInt() - http.open.getAsInt());
    long fit = limit.getAsLong() - FileDescriptors.reserve(limit.getAsLong()) - others;
    clients.tell(fit - http.tell(fit / HTTP_PART));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
