package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Receive buffers that grow with what comes, within a connection's {@link ReadBudget}; one read a
 * turn.
 */
@SuppressWarnings("deprecation") // Netty has no other type for what a handle is
final class BudgetedReads implements RecvByteBufAllocator {
  private static final int LEAST_BYTES = 512;
  private static final int FIRST_BYTES = 8192;

  private final ReadBudget budget;
  private final RecvByteBufAllocator adaptive =
      new AdaptiveRecvByteBufAllocator(LEAST_BYTES, FIRST_BYTES, ReadBudget.MOST_BYTES)
          .maxMessagesPerRead(1);

  BudgetedReads(ReadBudget budget) {
    this.budget = budget;
  }

  @Override
  public Handle newHandle() {
    return new Budgeted(adaptive.newHandle());
  }

  private final class Budgeted extends DelegatingHandle implements ExtendedHandle {
    Budgeted(Handle adaptive) {
      super(adaptive);
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return allocator.ioBuffer(guess());
    }

    @Override
    public int guess() {
      return Math.min(super.guess(), budget.bytes());
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier mayBeMore) {
      return ((ExtendedHandle) delegate()).continueReading(mayBeMore);
    }
  }
}
