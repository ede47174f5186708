package io.serai.gateway.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NodeLoadTest {
  private final NodeLoad load = new NodeLoad(0.5);

  @Test
  void aLoopIsAsBusyAsItSaidAndNotForLong() {
    load.say(1, 0.75, 10_000);
    assertThat(load.busy(1, 10_100)).isCloseTo(0.75, within(0.001));
    assertThat(load.busy(0, 10_100)).isZero();
    assertThat(load.busy(1, 11_000)).as("too long ago").isZero();
    load.say(1, 7, 11_000);
    assertThat(load.busy(1, 11_000)).isEqualTo(1);
  }

  @Test
  void whoPublishesLittleIsRememberedForFiveSeconds() {
    assertThat(load.hasLight(1)).isFalse();
    load.heardLight(10_000);
    assertThat(load.hasLight(15_000)).isTrue();
    assertThat(load.hasLight(15_001)).isFalse();
  }
}
