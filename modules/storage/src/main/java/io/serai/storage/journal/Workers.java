package io.serai.storage.journal;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * The threads of a journal. Without any, whoever calls {@link Journal#step} does all the work in
 * place: for tests that have to come out the same each time.
 *
 * @param allocating makes segments ready
 * @param reading reads payloads
 * @param isThreaded whether the writer has a thread of its own
 */
record Workers(Executor allocating, Executor reading, boolean isThreaded) {
  static Workers threads(int readers) {
    return new Workers(
        Executors.newSingleThreadExecutor(named("serai-journal-segments")),
        Executors.newFixedThreadPool(readers, named("serai-journal-reader")),
        true);
  }

  static Workers none() {
    return new Workers(Runnable::run, Runnable::run, false);
  }

  private static ThreadFactory named(String name) {
    return Thread.ofPlatform().name(name).daemon().factory();
  }

  /**
   * Waits for what they are doing; when the writer has failed, those who allocate have reads done.
   */
  void close() {
    for (Executor executor : new Executor[] {allocating, reading}) {
      if (executor instanceof ExecutorService service) {
        service.close();
      }
    }
  }
}
