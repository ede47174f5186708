package io.serai.routing;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/** What something costs its thread: other than a time limit, the same on a busy machine. */
public final class CpuTime {
  private CpuTime() {}

  /** Runs a task on the caller's thread and answers the processor time it took. */
  public static Duration of(Runnable task) {
    var threads = ManagementFactory.getThreadMXBean();
    long began = threads.getCurrentThreadCpuTime();
    task.run();
    return Duration.ofNanos(threads.getCurrentThreadCpuTime() - began);
  }
}
