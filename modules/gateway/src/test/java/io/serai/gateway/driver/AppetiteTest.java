package io.serai.gateway.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AppetiteTest {
  private static final long WINDOW = Appetite.WINDOW_NANOS;

  private final Appetite appetite = new Appetite(0);

  @Test
  void whoTakesMoreThanATwentiethOfTheLoopIsHeavyAtOnce() {
    appetite.took(WINDOW / 40, 1);
    assertThat(appetite.isHeavy()).isFalse();
    appetite.took(WINDOW / 30, 2);
    assertThat(appetite.isHeavy()).isTrue();
  }

  @Test
  void whoIsHeldToLittleStaysHeavyUntilThatIsVeryLittle() {
    appetite.took(WINDOW / 10, 1);
    for (int window = 1; window <= 5; window++) {
      appetite.took(WINDOW / 100, window * WINDOW + 1);
      assertThat(appetite.isHeavy()).isTrue();
    }
    appetite.took(1, 10 * WINDOW);
    assertThat(appetite.isHeavy()).isFalse();
  }

  @Test
  void aWindowOfFewMessagesIsKnownToBeLightWhenTheNextMessageComes() {
    assertThat(appetite.took(10_000, 1)).isFalse();
    assertThat(appetite.took(10_000, 2)).as("the window is not over").isFalse();
    assertThat(appetite.took(10_000, WINDOW)).isTrue();
    assertThat(appetite.took(10_000, 20 * WINDOW)).as("rarely, too").isTrue();
  }

  @Test
  void whoStartsToFloodIsNeverTakenForLight() {
    for (int i = 1; i <= 1_000; i++) {
      assertThat(appetite.took(WINDOW / 200, i * WINDOW / 100)).isFalse();
    }
  }

  @Test
  void whoFloodsAndIsHeldUpForAMomentIsNotTakenForLight() {
    appetite.took(WINDOW / 10, 1);
    appetite.took(1_000, WINDOW + 1); // it is held up when a window has just begun
    assertThat(appetite.took(WINDOW / 10, 5 * WINDOW)).isFalse();
  }

  @Test
  void whoTakesAFairPartAmongFiftyIsNeitherLightNorHeavy() {
    for (int i = 1; i <= 1_000; i++) {
      assertThat(appetite.took(WINDOW / 5_000, i * WINDOW / 20)).isFalse();
      assertThat(appetite.isHeavy()).isFalse();
    }
  }
}
