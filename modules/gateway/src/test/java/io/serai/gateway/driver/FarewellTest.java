package io.serai.gateway.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FarewellTest {
  private final Farewell farewell = new Farewell(10_000);

  @Test
  void aPeerThatReadsIsWaitedFor() {
    assertThat(farewell.goesOn(11_000, 500)).isTrue();
    assertThat(farewell.goesOn(12_000, 400)).isTrue();
  }

  @Test
  void aPeerThatStoppedReadingIsNot() {
    assertThat(farewell.goesOn(11_000, 500)).isTrue();
    assertThat(farewell.goesOn(12_000, 500)).isFalse();
  }

  @Test
  void nobodyWaitsWhenEverythingIsWithTheKernel() {
    assertThat(farewell.goesOn(11_000, 0)).isFalse();
  }

  @Test
  void nobodyWaitsForEver() {
    assertThat(farewell.goesOn(69_999, 500)).isTrue();
    assertThat(farewell.goesOn(70_000, 400)).isFalse();
  }
}
