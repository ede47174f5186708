package io.serai.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoginCacheTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // wraps during the test
  private final LoginCache cache = new LoginCache(64, Duration.ofSeconds(10), nanos::get);
  private final ScramSha256 verifier = ScramSha256.decoy(4096);

  @Test
  void aLoginIsHeldUntilItsTimeIsOver() {
    var mark = cache.mark("sensor", verifier, "secret");
    assertThat(cache.holds(mark)).isFalse();

    cache.add(mark);

    assertThat(cache.holds(cache.mark("sensor", verifier, "secret"))).isTrue();
    nanos.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
    assertThat(cache.holds(mark)).isTrue();
    nanos.incrementAndGet();
    assertThat(cache.holds(mark)).isFalse();
  }

  @Test
  void anotherUserPasswordOrVerifierIsAnotherLogin() {
    cache.add(cache.mark("sensor", verifier, "secret"));

    assertThat(cache.holds(cache.mark("sensor", verifier, "secre"))).isFalse();
    assertThat(cache.holds(cache.mark("senso", verifier, "rsecret"))).isFalse();
    assertThat(cache.holds(cache.mark("sensor", ScramSha256.decoy(4096), "secret"))).isFalse();
  }

  @Test
  void itHoldsNoMoreThanItsSlots() {
    for (int i = 0; i < 1000; i++) {
      cache.add(cache.mark("user" + i, verifier, "secret"));
    }
    long held = 0;
    for (int i = 0; i < 1000; i++) {
      held += cache.holds(cache.mark("user" + i, verifier, "secret")) ? 1 : 0;
    }

    assertThat(held).isBetween(32L, 64L);
  }

  @Test
  void aMarkSaysNothingAboutThePasswordToAnotherProcess() {
    var other = new LoginCache(64, Duration.ofSeconds(10), nanos::get);

    assertThat(cache.mark("sensor", verifier, "secret"))
        .isNotEqualTo(other.mark("sensor", verifier, "secret"));
  }

  @Test
  void withoutATimeToLiveNothingIsHeld() {
    var none = new LoginCache(64, Duration.ZERO, nanos::get);
    var mark = none.mark("sensor", verifier, "secret");
    none.add(mark);

    assertThat(none.holds(mark)).isFalse();
  }
}
