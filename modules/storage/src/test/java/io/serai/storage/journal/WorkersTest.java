package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WorkersTest {
  @Test
  void aLookupThatIsUnderWayWhenTheyCloseStillReads() {
    Workers workers = Workers.threads(1);
    ExecutorService lookups = (ExecutorService) workers.allocating();
    CountDownLatch read = new CountDownLatch(1);
    AtomicReference<RejectedExecutionException> refused = new AtomicReference<>();
    lookups.execute(() -> {
      while (!lookups.isShutdown()) {
        Thread.onSpinWait();
      }
      try {
        workers.reading().execute(read::countDown);
      } catch (RejectedExecutionException e) {
        refused.set(e);
      }
    });
    workers.close();
    assertThat(refused.get()).isNull();
    assertThat(read.getCount()).isZero();
  }
}
