package io.serai.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class UnconfirmedTest {
  private final Tally tally = new Tally(Scenarios.named("amqp-16"), new BodyLayout(16, 1));
  private final Histogram latency = new Histogram(Tally.LONGEST_NANOS, 3);
  private final Unconfirmed unconfirmed = new Unconfirmed(3, latency, tally);

  private void send(int count) {
    for (int i = 0; i < count; i++) {
      assertThat(unconfirmed.hasRoom()).isTrue();
      unconfirmed.send(100);
    }
  }

  @Test
  void theWindowIsFullUntilTheLowestIsConfirmed() {
    send(3);
    assertThat(unconfirmed.hasRoom()).isFalse();
    unconfirmed.confirm(2, 150);
    assertThat(unconfirmed.hasRoom()).isFalse();
    unconfirmed.confirm(1, 150);
    assertThat(unconfirmed.open()).isEqualTo(1);
    send(2);
  }

  @Test
  void aMultipleConfirmPassesOverThoseConfirmedBefore() {
    send(3);
    unconfirmed.confirm(2, 150);
    unconfirmed.confirmUpTo(3, 150);
    assertThat(unconfirmed.open()).isZero();
    assertThat(unconfirmed.lowest()).isEqualTo(4);
  }

  @Test
  void confirmingTwiceOrAheadIsAFailure() {
    send(3);
    unconfirmed.confirm(2, 150);
    assertThatThrownBy(() -> unconfirmed.confirm(2, 150)).isInstanceOf(LoadFailure.class);
    assertThatThrownBy(() -> unconfirmed.confirm(4, 150)).isInstanceOf(LoadFailure.class);
    unconfirmed.confirmUpTo(3, 150);
    assertThatThrownBy(() -> unconfirmed.confirm(1, 150)).isInstanceOf(LoadFailure.class);
    assertThatThrownBy(() -> unconfirmed.confirmUpTo(4, 150)).isInstanceOf(LoadFailure.class);
  }

  @Test
  void slotsAreUsedAgainWithoutMixingMessages() {
    tally.startMeasuring();
    for (int number = 1; number <= 1000; number++) {
      unconfirmed.send(number);
      unconfirmed.confirm(number, number + 7);
    }
    assertThat(latency.getTotalCount()).isEqualTo(1000);
    assertThat(latency.getMaxValue()).isEqualTo(7);
  }
}
