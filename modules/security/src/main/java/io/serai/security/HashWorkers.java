package io.serai.security;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that hash passwords, so that event loops do not. A bounded number of logins may wait;
 * one more is turned away at once, so that a storm of logins can neither fill the memory nor make
 * every peer wait past its own timeout.
 */
public final class HashWorkers implements AutoCloseable {
  /** Logins that may wait: about a second's worth for one core. */
  public static final int DEFAULT_WAITING = 512;

  private final ThreadPoolExecutor pool;

  /**
   * @param threads how many hash at the same time
   * @param waiting how many logins may wait
   */
  public HashWorkers(int threads, int waiting) {
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waiting),
            Thread.ofPlatform().name("serai-hash-", 0).daemon().factory());
    pool.allowCoreThreadTimeOut(true);
  }

  /** Half of the machine's cores hash, at least one: a login storm leaves room for messages. */
  public static HashWorkers forThisMachine() {
    return new HashWorkers(
        Math.max(1, Runtime.getRuntime().availableProcessors() / 2), DEFAULT_WAITING);
  }

  /**
   * Runs {@code task} soon on a thread of its own.
   *
   * @return false when too many wait already, or after {@link #close}: it will not run
   */
  boolean offer(Runnable task) {
    try {
      pool.execute(task);
      return true;
    } catch (RejectedExecutionException _) {
      return false;
    }
  }

  /** Takes no more; what waits is still answered, then the threads end. */
  @Override
  public void close() {
    pool.shutdown();
  }
}
