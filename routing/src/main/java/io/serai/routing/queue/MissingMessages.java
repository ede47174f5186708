package io.serai.routing.queue;

import io.serai.bus.MatchData;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one queue that were to come in from disk and could not be read. They are not ready,
 * so the others do not wait for them; it is tried again {@link Unreadable less and less often} to
 * read them, and then they are back at their old places. Bounded by what the queue has on disk: a
 * few bytes for each.
 */
final class MissingMessages {
  /** Those of one page. */
  private final class Part {
    final long[] sequences;
    final int[] deliveryCounts;
    final @Nullable MatchData[] matches;

    /** Pages of the spill that they may be in. */
    final long[] spilled;

    /** Heap bytes they take about when they are here. */
    final long bytes;

    final int failures;
    final Deadline retry = new Deadline(() -> tryAgain(this));

    Part(
        long[] sequences,
        int[] deliveryCounts,
        @Nullable MatchData[] matches,
        long[] spilled,
        long bytes,
        int failures) {
      this.sequences = sequences;
      this.deliveryCounts = deliveryCounts;
      this.matches = matches;
      this.spilled = spilled;
      this.bytes = bytes;
      this.failures = failures;
    }
  }

  private final ShardServices shard;
  private final Custody custody;
  private final Spilling spilling;
  private final Consumer<Returned> whenRead;
  private final List<Part> parts = new ArrayList<>();

  /**
   * @param whenRead puts a message back to its place
   */
  MissingMessages(
      ShardServices shard, Custody custody, Spilling spilling, Consumer<Returned> whenRead) {
    this.shard = shard;
    this.custody = custody;
    this.spilling = spilling;
    this.whenRead = whenRead;
  }

  /** Takes messages of a chunk over that is about to lose them. */
  void add(MessageChunk chunk, long[] sequences) {
    int[] counts = new int[sequences.length];
    @Nullable MatchData[] matches = new MatchData[sequences.length];
    for (int i = 0; i < sequences.length; i++) {
      int slot = (int) (sequences[i] - chunk.base);
      counts[i] = chunk.deliveryCount(slot);
      matches[i] = chunk.match(slot);
    }
    add(new Part(sequences, counts, matches, chunk.takeSpilled(), chunk.bytes, 0));
  }

  private void add(Part part) {
    parts.add(part);
    shard
        .deadlines()
        .set(part.retry, shard.host().nowMillis() + Unreadable.waitMillis(part.failures));
  }

  /** The queue is purged or gone: nobody wants them any more. */
  void forgetAll() {
    for (Part part : parts) {
      shard.deadlines().set(part.retry, Deadline.NEVER);
      for (long sequence : part.sequences) {
        custody.letGoUnseen(sequence);
      }
      spilling.forget(part.spilled);
    }
    parts.clear();
  }

  private void tryAgain(Part part) {
    shard
        .pager()
        .load(
            part.bytes,
            () -> {
              boolean isWanted = parts.contains(part);
              if (isWanted) {
                spilling.load(
                    part.spilled,
                    custody,
                    part.sequences,
                    loaded -> {
                      shard.pager().loaded(part.bytes);
                      arrived(part, loaded);
                    });
              }
              return isWanted;
            });
  }

  private void arrived(Part part, @Nullable Message[] loaded) {
    if (!parts.remove(part)) {
      return; // forgotten meanwhile
    }
    int left = 0;
    for (int i = 0; i < loaded.length; i++) {
      Message message = loaded[i];
      if (message == null) {
        part.sequences[left] = part.sequences[i];
        part.deliveryCounts[left] = part.deliveryCounts[i];
        part.matches[left++] = part.matches[i];
      } else {
        custody.pagedIn(message);
        whenRead.accept(
            new Returned(part.sequences[i], message, part.deliveryCounts[i], part.matches[i]));
      }
    }
    if (left == 0) {
      spilling.forget(part.spilled);
    } else {
      add(
          new Part(
              Arrays.copyOf(part.sequences, left),
              Arrays.copyOf(part.deliveryCounts, left),
              Arrays.copyOf(part.matches, left),
              part.spilled,
              part.bytes,
              part.failures + 1));
    }
  }
}
