package io.serai.gateway;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which published messages still wait for shards to store them. Counts shards, not queues: a batch
 * of publishes is done when every shard it went to has answered, and a message is accepted when
 * none of them refused it. Holds only what is outstanding, which is bounded by the publisher's
 * window.
 */
public final class ConfirmTracker {
  /** Where settled tokens go, in publish order within a batch. */
  @FunctionalInterface
  public interface Sink {
    void confirmed(long token, boolean accepted);
  }

  private static final long[] NONE = {};
  private static final int FIRST_OPEN = 16;

  private long[] open = NONE; // most connections never publish
  private int openCount;
  private final Map<Long, Batch> waiting = new HashMap<>(0);

  private static final class Batch {
    final long[] tokens;
    int shardsLeft;
    boolean @Nullable [] refused;

    Batch(long[] tokens, int shardsLeft) {
      this.tokens = tokens;
      this.shardsLeft = shardsLeft;
    }
  }

  /** Adds a message to the open batch; its batch index is the number of earlier calls. */
  public void add(long token) {
    if (openCount == open.length) {
      open = Arrays.copyOf(open, Math.max(FIRST_OPEN, openCount * 2));
    }
    open[openCount++] = token;
  }

  /** Whether the open batch holds nothing. */
  public boolean isOpenEmpty() {
    return openCount == 0;
  }

  /** The open batch was sent as {@code batchId} and {@code shards} shards will answer. */
  public void flushed(long batchId, int shards) {
    if (openCount > 0 && shards > 0) {
      waiting.put(batchId, new Batch(Arrays.copyOf(open, openCount), shards));
    }
    openCount = 0;
  }

  /** Hands over the tokens of some messages of a batch that still waits. */
  public void tokens(long batchId, List<Integer> indexes, LongConsumer tokens) {
    Batch batch = waiting.get(batchId);
    if (batch != null) {
      for (int index : indexes) {
        tokens.accept(batch.tokens[index]);
      }
    }
  }

  /** A shard answered; when it was the last one the batch's tokens go to {@code sink}. */
  public void answered(long batchId, List<Integer> refused, Sink sink) {
    Batch batch = waiting.get(batchId);
    if (batch == null) {
      return;
    }
    if (!refused.isEmpty()) {
      boolean[] marks = batch.refused;
      if (marks == null) {
        marks = new boolean[batch.tokens.length];
        batch.refused = marks;
      }
      for (int index : refused) {
        marks[index] = true;
      }
    }
    if (--batch.shardsLeft == 0) {
      waiting.remove(batchId);
      boolean[] marks = batch.refused;
      for (int i = 0; i < batch.tokens.length; i++) {
        sink.confirmed(batch.tokens[i], marks == null || !marks[i]);
      }
    }
  }

  /** How many batches wait for an answer. */
  public int outstandingBatches() {
    return waiting.size();
  }
}
