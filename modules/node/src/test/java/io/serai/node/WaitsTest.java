package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class WaitsTest {
  private static final Duration SHORT = Duration.ofMillis(5);

  @Test
  void aWaitWithALimitEnds() {
    assertThatThrownBy(() -> Waits.get(Promise.promise().future(), SHORT, "opening"))
        .hasMessageContaining("opening took longer than");
  }

  @Test
  void aWaitUntilSomethingIsDoneOutlastsItsPatience() {
    Promise<String> promise = Promise.promise();
    CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS)
        .execute(() -> promise.complete("done"));
    assertThat(Waits.untilDone(promise.future(), SHORT, "declaring")).isEqualTo("done");
  }

  @Test
  void aFailureIsThrownAsItIs() {
    assertThatThrownBy(() ->
            Waits.untilDone(
                Future.failedFuture(new IllegalArgumentException("no")), SHORT, "declaring"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no");
  }
}
