package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnTest {
  private final ShardHarness shard = new ShardHarness();

  private void fill(QueueRef queue, int count) {
    for (int i = 0; i < count; i++) {
      shard.append(queue, "m");
    }
  }

  /** Ends one turn and answers how much each session got. */
  private List<Integer> oneTurn() {
    shard.host.isWoken = false;
    shard.host.events.clear();
    shard.shard.onTurnEnd();
    List<Integer> sizes = new ArrayList<>();
    for (SessionEvent event : shard.host.events) {
      sizes.add(((SessionEvent.Deliver) event).deliveries().size());
    }
    return sizes;
  }

  @Test
  void aTurnDeliversABoundedPartOfABacklogAndAsksForAnother() {
    var queue = shard.queue("q");
    fill(queue, Turn.BUDGET + 10);
    shard.prefetching(queue, 1, 100_000);
    assertThat(oneTurn()).containsExactly(Turn.BUDGET);
    assertThat(shard.host.isWoken).isTrue();
    assertThat(oneTurn()).containsExactly(10);
    assertThat(shard.host.isWoken).isFalse();
  }

  @Test
  void queuesShareATurnSoThatNoneStarves() {
    var deep = shard.queue("deep");
    fill(deep, Turn.BUDGET * 3);
    shard.prefetching(deep, 1, 100_000);
    var shallow = shard.queue("shallow");
    fill(shallow, 10);
    shard.prefetching(shallow, 2, 100);
    assertThat(oneTurn()).containsExactly(Turn.BUDGET - 10, 10);
  }

  @Test
  void messagesThatComeWhileABacklogIsDeliveredKeepTheirPlace() {
    var queue = shard.queue("q");
    for (int i = 0; i < Turn.BUDGET + 5; i++) {
      shard.append(queue, "m" + i);
    }
    shard.prefetching(queue, 1, 100_000);
    shard.shard.onTurnEnd();
    shard.append(queue, "last");
    List<String> all = shard.delivered();
    assertThat(all).hasSize(Turn.BUDGET + 6).endsWith("m" + (Turn.BUDGET + 4), "last");
  }

  @Test
  void aPurgedBacklogIsLetGoOverSeveralTurns() {
    var queue = shard.queue("q");
    fill(queue, Turn.CHORE_BUDGET + 10);
    assertThat(ShardHarness.ok(shard.call(new ShardCall.Purge(queue))))
        .isEqualTo(Turn.CHORE_BUDGET + 10);
    assertThat(shard.readyIn(queue)).isZero();
    oneTurn();
    assertThat(shard.shard.heldBytes()).isPositive();
    assertThat(shard.host.isWoken).isTrue();
    oneTurn();
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(shard.host.isWoken).isFalse();
  }

  @Test
  void aTurnWithNothingToDoSendsNothingAndAsksForNoOther() {
    shard.queue("q");
    assertThat(oneTurn()).isEmpty();
    assertThat(shard.host.isWoken).isFalse();
  }
}
