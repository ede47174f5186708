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
  public interface Sink {
    /** A message is safe, or was refused. */
    void confirmed(long token, boolean accepted);

    /** A message had no queue any more when it came there. */
    void unrouted(long token);
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
    boolean @Nullable [] unrouted;

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

  /** A shard found no queue any more for some messages that are on no other shard. */
  public void unrouted(long batchId, List<Integer> indexes) {
    Batch batch = waiting.get(batchId);
    if (batch != null) {
      batch.unrouted = marked(batch.unrouted, batch, indexes);
    }
  }

  private static boolean[] marked(boolean @Nullable [] before, Batch batch, List<Integer> indexes) {
    boolean[] marks = before == null ? new boolean[batch.tokens.length] : before;
    for (int index : indexes) {
      marks[index] = true;
    }
    return marks;
  }

  /** A shard answered; when it was the last one the batch's tokens go to {@code sink}. */
  public void answered(long batchId, List<Integer> refused, Sink sink) {
    Batch batch = waiting.get(batchId);
    if (batch == null) {
      return;
    }
    if (!refused.isEmpty()) {
      batch.refused = marked(batch.refused, batch, refused);
    }
    if (--batch.shardsLeft == 0) {
      waiting.remove(batchId);
      boolean[] marks = batch.refused;
      boolean[] unrouted = batch.unrouted;
      for (int i = 0; i < batch.tokens.length; i++) {
        if (unrouted != null && unrouted[i]) {
          sink.unrouted(batch.tokens[i]);
        } else {
          sink.confirmed(batch.tokens[i], marks == null || !marks[i]);
        }
      }
    }
  }

  /** How many batches wait for an answer. */
  public int outstandingBatches() {
    return waiting.size();
  }
}
