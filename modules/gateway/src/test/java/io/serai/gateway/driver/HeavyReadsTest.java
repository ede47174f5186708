package io.serai.gateway.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import io.serai.bus.Counters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeavyReadsTest {
  private static final long PERIOD = Headroom.PERIOD_MILLIS * 1_000_000;
  private static final long READ = ReadBudget.SHORT_TURN_NANOS;

  private final Headroom headroom = new Headroom(0.5);
  private final Counters counters = new Counters();
  private final HeavyReads reads = new HeavyReads(0, 1, new NodeLoad(0.5), headroom, counters);
  private final List<String> readOn = new ArrayList<>();

  private record Flooding(String name, Appetite appetite, List<String> heard)
      implements HeavyReads.Reader {
    @Override
    public boolean isPublisher() {
      return true;
    }

    @Override
    public void readOn() {
      heard.add(name);
    }
  }

  /** The share of this period is spent. */
  @BeforeEach
  void heavyOnesAreHeldToAShare() {
    headroom.spend(PERIOD, 0);
    headroom.periodEnded(1, true, PERIOD);
  }

  private HeavyReads.Reader flooding(String name) {
    Appetite appetite = new Appetite(0);
    appetite.took(Appetite.WINDOW_NANOS, 0);
    return new Flooding(name, appetite, readOn);
  }

  @Test
  void whoWaitsAlreadyWaitsOnce() {
    HeavyReads.Reader first = flooding("first");
    assertThat(reads.took(first, READ, 0, 0)).isTrue();
    assertThat(reads.took(first, READ, 0, 0)).as("more of the same read").isFalse();
    reads.took(flooding("second"), READ, 0, 0);
    reads.readOn(100 * PERIOD);
    assertThat(readOn).containsExactly("first", "second");
    assertThat(reads.isAnyWaiting()).isFalse();
    assertThat(counters.get(Counter.PUBLISHERS_THROTTLED)).isEqualTo(2);
  }

  @Test
  void whoHasLeftIsWaitedForNoMore() {
    HeavyReads.Reader first = flooding("first");
    reads.took(first, READ, 0, 0);
    reads.left(first);
    assertThat(reads.isAnyWaiting()).isFalse();
    reads.readOn(100 * PERIOD);
    assertThat(readOn).isEmpty();
  }
}
