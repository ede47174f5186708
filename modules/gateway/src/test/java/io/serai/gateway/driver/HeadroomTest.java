package io.serai.gateway.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HeadroomTest {
  private static final long PERIOD = Headroom.PERIOD_MILLIS * 1_000_000;
  private static final long READ = 60_000;

  private final Headroom headroom = new Headroom(0.5);
  private long now;

  @Test
  void whereNobodyIsLightThereIsNoLimit() {
    for (int i = 0; i < 100; i++) {
      flood();
      headroom.periodEnded(1, false, PERIOD);
    }
    assertThat(headroom.isLimited()).isFalse();
    assertThat(headroom.spend(100 * PERIOD, now)).isFalse();
  }

  @Test
  void aLoopThatIsBusyAllTheTimeBecomesAsBusyAsItMayBe() {
    double busy = 1;
    for (int i = 0; i < 100; i++) {
      double taken = flood();
      busy = Math.min(1, 2.5 * taken); // handing over costs more than reading
      headroom.periodEnded(busy, true, PERIOD);
    }
    assertThat(busy).isCloseTo(0.5, within(0.1));
    assertThat(headroom.share()).isCloseTo(0.2, within(0.05));
  }

  @Test
  void whatKeepsALoopBusyBesidesLeavesHeavyConnectionsTheLeast() {
    for (int i = 0; i < 100; i++) {
      flood();
      headroom.periodEnded(1, true, PERIOD);
    }
    assertThat(headroom.share()).isEqualTo(Headroom.LEAST_SHARE);
    assertThat(flood()).isPositive();
  }

  @Test
  void theLimitGoesWithTheLastLightOne() {
    flood();
    headroom.periodEnded(1, true, PERIOD);
    assertThat(headroom.isLimited()).isTrue();
    headroom.periodEnded(1, false, PERIOD);
    assertThat(headroom.isLimited()).isFalse();
    assertThat(headroom.hasRoom(0, now)).isTrue();
  }

  @Test
  void theLimitFadesWhenTheLoopHasTime() {
    flood();
    headroom.periodEnded(1, true, PERIOD);
    for (int i = 0; i < 100 && headroom.isLimited(); i++) {
      headroom.periodEnded(0.1, true, PERIOD);
    }
    assertThat(headroom.isLimited()).isFalse();
  }

  @Test
  void whoSpentTheLastOfItWaitsUntilMoreHasAccrued() {
    flood();
    headroom.periodEnded(1, true, PERIOD);
    while (!headroom.spend(READ, now)) {
      now += 1;
    }
    assertThat(headroom.hasRoom(0, now)).isFalse();
    now += PERIOD;
    assertThat(headroom.hasRoom(0, now)).isTrue();
    assertThat(headroom.hasRoom(PERIOD, now)).as("promised to others").isFalse();
  }

  @Test
  void aPartOfOneNeverLimits() {
    Headroom off = new Headroom(1);
    off.spend(PERIOD, PERIOD);
    off.periodEnded(1, true, PERIOD);
    assertThat(off.isLimited()).isFalse();
  }

  /** Reads as much as there may be in one period; answers the share of it that this took. */
  private double flood() {
    long end = now + PERIOD;
    long taken = 0;
    while (now < end) {
      if (headroom.hasRoom(0, now)) {
        now += READ;
        taken += READ;
        headroom.spend(READ, now);
      } else {
        now += READ / 10;
      }
    }
    return (double) taken / PERIOD;
  }
}
