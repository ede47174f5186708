package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class LoopRegistryTest {
  private final LoopRegistry registry = new LoopRegistry(2);

  @Test
  void everyThreadGetsAnIndexOfItsOwn() throws Exception {
    assertThat(claimOnAnotherThread()).isZero();
    assertThat(registry.isComplete()).isFalse();
    assertThat(registry.claim()).isEqualTo(1);
    assertThat(registry.isComplete()).isTrue();
  }

  @Test
  void twoClaimsOnOneThreadFail() {
    registry.claim();
    assertThatThrownBy(registry::claim)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(Thread.currentThread().getName());
  }

  @Test
  void oneLoopTooManyFails() throws Exception {
    registry.claim();
    claimOnAnotherThread();
    assertThatThrownBy(this::claimOnAnotherThread)
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("more loop verticles than the 2 loops");
  }

  private int claimOnAnotherThread() throws Exception {
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      return other.submit(registry::claim).get();
    }
  }
}
