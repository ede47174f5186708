package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * References on their way from the journal to queues: what they take, and that none is mistaken.
 */
class ReferenceLogTest {
  private static final long OF_THIRD_RUN = 3L << 32;

  private record Expected(long payloadId, int bodyBytes, int deliveryCount, int opaqueBytes) {}

  private final ReferenceLog log = new ReferenceLog();
  private final LongTable live = new LongTable();

  private void add(long sequence, long payloadId, RefAttributes attributes) {
    log.add(sequence, payloadId, attributes);
    live.put(sequence, ReferenceTable.pack(payloadId, 1));
  }

  private Map<Long, Expected> found() {
    Map<Long, Expected> found = new TreeMap<>();
    long[] last = {Long.MIN_VALUE};
    log.forEach((sequence, id, it) -> {
      assertThat(sequence).isGreaterThan(last[0]);
      last[0] = sequence;
      found.put(sequence, new Expected(id, it.bodyBytes(), it.deliveryCount(), it.opaque().length));
    });
    return found;
  }

  @Test
  void aMillionMessagesOfADeepQueueTakeFiveBytesEach() {
    for (int i = 0; i < 1_000_000; i++) {
      add(OF_THIRD_RUN + i, 7_000_000 + i, RefAttributes.ofBody(1024));
    }
    log.settle(live);
    assertThat(log.count()).isEqualTo(1_000_000);
    assertThat(log.heapBytes()).isLessThan(5_500_000 + (1 << 20));
    long[] next = {OF_THIRD_RUN, 7_000_000};
    log.drain((sequence, id, attributes) -> {
      assertThat(sequence).isEqualTo(next[0]++);
      assertThat(id).isEqualTo(next[1]++);
      assertThat(attributes.bodyBytes()).isEqualTo(1024);
    });
    assertThat(next[0]).isEqualTo(OF_THIRD_RUN + 1_000_000);
    assertThat(log.heapBytes()).as("when all of it is handed over").isLessThan(1_000);
  }

  @Test
  void whatIsSettledOrSaidAgainInWhateverOrderIsFoundWithItsLastWordInOrder() {
    Random random = new Random(5);
    Map<Long, Expected> truth = new TreeMap<>();
    for (int i = 0; i < 200_000; i++) {
      long sequence = OF_THIRD_RUN + random.nextInt(50_000) - 25_000;
      long id = random.nextInt(1 << 30);
      int opaque = random.nextInt(20) == 0 ? random.nextInt(300) : 0;
      var attributes =
          new RefAttributes(
              i % 3, Long.MAX_VALUE, 0, i, opaque == 0 ? new byte[0] : new byte[opaque]);
      add(sequence, id, attributes);
      truth.put(sequence, new Expected(id, i, i % 3, opaque));
      if (i % 4 == 0) {
        long settled = OF_THIRD_RUN + random.nextInt(50_000) - 25_000;
        live.remove(settled);
        truth.remove(settled);
      }
      if (i % 60_000 == 59_999) {
        log.settle(live); // also in the middle
      }
    }
    log.settle(live);
    assertThat(found()).isEqualTo(truth);
    assertThat(log.count()).isEqualTo(truth.size());
  }

  @Test
  void settlingWhatIsInOrderGivesBackWhatItTookOnTheWay() {
    for (int i = 0; i < 400_000; i++) {
      add(i, i, RefAttributes.ofBody(10));
    }
    for (int i = 0; i < 300_000; i++) {
      live.remove(i);
    }
    long before = log.heapBytes();
    log.settle(live);
    assertThat(log.heapBytes()).isLessThan(before / 2);
    assertThat(found()).hasSize(100_000).containsKey(300_000L).containsKey(399_999L);
  }
}
