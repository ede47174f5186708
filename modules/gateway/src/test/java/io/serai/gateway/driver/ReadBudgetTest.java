package io.serai.gateway.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class ReadBudgetTest {
  private static final long TURN = ReadBudget.TURN_NANOS;

  private final ReadBudget budget = new ReadBudget();

  @Test
  void aPeerWhoseBytesCostMuchIsReadInSmallerParts() {
    for (int i = 0; i < 10; i++) {
      int read = budget.bytes();
      budget.handled(read, read * 16L, TURN); // 25 bytes of a message in 0.4 us
    }
    assertThat(budget.bytes()).isBetween(15_000, 16_000); // 250 us
  }

  @Test
  void inAShortTurnItIsReadInSmallerPartsStill() {
    for (int i = 0; i < 10; i++) {
      int read = budget.bytes();
      budget.handled(read, read * 5L, ReadBudget.SHORT_TURN_NANOS);
    }
    assertThat(budget.bytes()).isBetween(12_000, 12_500); // 60 us
  }

  @Test
  void oneSlowTurnIsNoMeasure() {
    budget.handled(ReadBudget.MOST_BYTES, 1_000_000_000, TURN);
    assertThat(budget.bytes())
        .isBetween(ReadBudget.MOST_BYTES / 2, ReadBudget.MOST_BYTES / 2 + 100);
    for (int i = 0; i < 10; i++) {
      budget.handled(budget.bytes(), 1_000, TURN);
    }
    assertThat(budget.bytes()).isGreaterThan(ReadBudget.MOST_BYTES - 100);
  }

  @Test
  void itHasBoundsWhateverAReadCosts() {
    for (int i = 0; i < 50; i++) {
      budget.handled(budget.bytes(), Long.MAX_VALUE / 2, TURN);
    }
    assertThat(budget.bytes()).isEqualTo(ReadBudget.LEAST_BYTES);
    budget.handled(10, Long.MAX_VALUE / 2, TURN);
    budget.handled(0, 0, TURN);
    assertThat(budget.bytes()).isEqualTo(ReadBudget.LEAST_BYTES);
    budget.handled(ReadBudget.LEAST_BYTES, 0, TURN);
    assertThat(budget.bytes()).isGreaterThan(ReadBudget.LEAST_BYTES);
  }

  @Test
  void buffersStayWithinItAndOneReadIsATurn() {
    while (budget.bytes() > ReadBudget.LEAST_BYTES) {
      budget.handled(budget.bytes(), 1_000_000_000, TURN);
    }
    EmbeddedChannel channel = new EmbeddedChannel();
    RecvByteBufAllocator.Handle reads = new BudgetedReads(budget).newHandle();
    for (int turn = 0; turn < 20; turn++) {
      reads.reset(channel.config());
      ByteBuf buffer = reads.allocate(UnpooledByteBufAllocator.DEFAULT);
      assertThat(buffer.capacity()).isLessThanOrEqualTo(ReadBudget.LEAST_BYTES);
      reads.attemptedBytesRead(buffer.writableBytes());
      reads.lastBytesRead(buffer.writableBytes());
      reads.incMessagesRead(1);
      assertThat(reads.continueReading()).isFalse();
      reads.readComplete();
      buffer.release();
    }
    channel.close();
  }
}
