package io.serai.node;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds publishers back while the data folder's disk has less free space than it should; consumers
 * go on. On a thread of its own: a slow disk is slow to answer, too.
 */
final class DiskWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DiskWatch.class);
  private static final long LOOK_INTERVAL_MILLIS = 1000;

  private final LongSupplier freeBytes;
  private final long limitBytes;
  private final MemoryWatch.Gate gate;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("serai-disk").daemon().factory());
  private boolean isBlocking;

  /**
   * @param freeBytes how much is free now; negative when nobody knows, so that it stays as it is
   * @param limitBytes below how much publishers wait; 0 for never
   */
  DiskWatch(LongSupplier freeBytes, long limitBytes, MemoryWatch.Gate gate) {
    this.freeBytes = freeBytes;
    this.limitBytes = limitBytes;
    this.gate = gate;
  }

  /** Starts looking. */
  void start() {
    var _ =
        thread.scheduleWithFixedDelay(this::look, 0, LOOK_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  void look() {
    long free = freeBytes.getAsLong();
    boolean isLow = free < limitBytes;
    if (free < 0 || isLow == isBlocking) { // to ask takes a file descriptor, which may be lacking
      return;
    }
    isBlocking = isLow;
    if (isLow) {
      gate.block();
      log.atWarn()
          .addKeyValue("free_bytes", free)
          .addKeyValue("limit_bytes", limitBytes)
          .log("disk space low, publishers blocked");
    } else {
      gate.unblock();
      log.atInfo().addKeyValue("free_bytes", free).log("disk has space, publishers go on");
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
