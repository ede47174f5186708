package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryWatchTest {
  private static final long LIMIT = 1000;

  private final List<String> said = new ArrayList<>();
  private long held;
  private final MemoryWatch watch =
      new MemoryWatch(
          () -> held,
          () -> LIMIT,
          new MemoryWatch.Gate() {
            @Override
            public void block() {
              said.add("block");
            }

            @Override
            public void unblock() {
              said.add("unblock");
            }
          });

  @Test
  void publishersWaitAboveTheLimitAndAreToldOnce() {
    climbTo(990);
    assertThat(said).isEmpty();
    look(1001, 1002);
    assertThat(said).containsExactly("block");
    assertThat(watch.isBlocking()).isTrue();
  }

  @Test
  void fastGrowthStopsThemBeforeTheLimit() {
    look(0, 100, 500); // 400 in one look: five more would pass the limit
    assertThat(said).containsExactly("block");
  }

  @Test
  void whatIsThereFromTheBeginningIsNoGrowth() {
    look(400, 410);
    assertThat(said).isEmpty();
  }

  @Test
  void theyGoOnOnlyWhenThereIsRoomAgain() {
    climbTo(990);
    look(1001, 950, 901);
    assertThat(said).hasSize(1);
    look(899);
    assertThat(said).containsExactly("block", "unblock");
    assertThat(watch.isBlocking()).isFalse();
  }

  @Test
  void aSumThatPassesThroughBelowZeroIsNothingHeld() {
    held = -5;
    assertThat(watch.heldBytes()).isZero();
  }

  @Test
  void theHeapHasRoom() {
    assertThat(MemoryWatch.heapBytes()).isBetween(1L, Runtime.getRuntime().maxMemory());
  }

  /** Slowly. */
  private void climbTo(long end) {
    for (long value = 0; value <= end; value += 2) {
      look(value);
    }
  }

  private void look(long... values) {
    for (long value : values) {
      held = value;
      watch.look();
    }
  }
}
