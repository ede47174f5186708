package io.serai.routing.queue;

import io.serai.routing.store.Store;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that the queues of one shard do not hold more of their backlogs in memory than their
 * share of the heap: when they do, each in turn lets go of what is beyond its part. Loads from disk
 * within a bound. Confined to the shard's loop.
 */
final class Pager {
  /** Heap bytes of messages that may be on their way from the store. */
  private static final long LOADING_BYTES = 32 << 20;

  /** Delayed messages may hold such a part of a share, and this in any case. */
  private static final int DELAYED_PART = 4;

  private static final long DELAYED_LEAST_BYTES = 2 * DelayedMessages.PAGE_BYTES;

  private record Load(long bytes, BooleanSupplier begin) {}

  /** Bytes more in memory after which the end of a turn looks again for what can go out. */
  private static final long LOOK_AGAIN_BYTES = Paging.PAGE_BYTES / 4;

  private final Store store;

  /** Null where every message stays in memory. */
  private final @Nullable Spilling spilling;

  /** Queues with messages that can go out, each once; those that have none any more leave late. */
  private final ArrayDeque<Paging> listed = new ArrayDeque<>();

  /** Waits until others have come; at most one for each page of a queue that somebody reads. */
  private final ArrayDeque<Load> waiting = new ArrayDeque<>();

  /** Queues that wait for their consumers or others to settle; some may have gone on since. */
  private final Set<Paging> heldBack = new LinkedHashSet<>();

  /** Messages of those queues, held by their consumers. */
  private final HandedOut handedOut = new HandedOut();

  private long shareBytes = Long.MAX_VALUE;
  private long residentBytes;
  private long loadingBytes;
  private long syncedPosition;
  private boolean isRelieving;

  /** What was in memory when the end of a turn looked last, or less by now. */
  private long lookedAtBytes;

  Pager(Store store) {
    this.store = store;
    Store.Pages pages = store.pages();
    this.spilling = pages == null ? null : new Spilling(pages, this::written);
  }

  /** Has the pages of queues on disk; null where every message stays in memory. */
  @Nullable Spilling spilling() {
    return spilling;
  }

  /** From now on messages that could be on disk only take so much of the heap. */
  void share(long bytes) {
    shareBytes = bytes;
    handedOut.share(bytes);
    relieve();
  }

  /** Everything up to a position of the store can be read back. */
  void synced(long position) {
    syncedPosition = position;
    if (residentBytes > shareBytes) {
      relieve();
    }
  }

  private void written() {
    if (residentBytes > shareBytes) {
      relieve();
    }
  }

  /** A turn ends: transient messages wait for no sync before they go out. */
  void turnEnds() {
    if (spilling == null) {
      return;
    }
    lookedAtBytes = Math.min(lookedAtBytes, residentBytes);
    if (residentBytes > shareBytes
        && residentBytes - lookedAtBytes > Math.min(LOOK_AGAIN_BYTES, shareBytes / 16)) {
      relieve();
      lookedAtBytes = residentBytes;
    }
    spilling.flush();
  }

  /** A queue has so many bytes more in memory, or less. */
  void resident(Paging of, long bytes) {
    residentBytes += bytes;
    if (!of.isListed) {
      of.isListed = true;
      listed.add(of);
    }
  }

  /** What one queue may hold, at most {@code most} and at least one byte. */
  long windowBytes(long most) {
    return Math.clamp(shareBytes / Math.max(1, listed.size()), 1, most);
  }

  /** What messages that wait for their time may hold, of those that could be in the store only. */
  long delayedBytes() {
    return Math.max(DELAYED_LEAST_BYTES, shareBytes / DELAYED_PART);
  }

  /** Whether a chunk to which nothing is added any more can be read back. */
  boolean isSafe(MessageChunk chunk) {
    if (chunk.safeAt == MessageChunk.NOT_SAFE) {
      chunk.safeAt = store.position();
    }
    return chunk.safeAt <= syncedPosition;
  }

  /** Lets queues let go of what is too much. */
  void relieve() {
    if (isRelieving) {
      return;
    }
    isRelieving = true;
    try {
      for (int left = listed.size(); left > 0 && residentBytes > shareBytes; left--) {
        Paging next = listed.remove();
        long window = windowBytes(Long.MAX_VALUE);
        if (next.residentBytes > window) {
          next.trim(window, residentBytes - shareBytes);
        }
        next.isListed = next.residentBytes != 0;
        if (next.isListed) {
          listed.add(next);
        }
      }
    } finally {
      isRelieving = false;
    }
  }

  // ---- handed out

  /** Consumers of a queue have so many bytes more. */
  void handedOut(long bytes, boolean isFirst) {
    handedOut.taken(bytes, isFirst);
  }

  /** Consumers of a queue have settled so many. */
  void settled(long bytes, boolean isLast) {
    handedOut.settled(bytes, isLast);
    if (!heldBack.isEmpty() && handedOut.isWithinLimit()) {
      List<Paging> all = List.copyOf(heldBack);
      heldBack.clear();
      all.forEach(Paging::goOn);
    }
  }

  /** Whether the consumers of a queue have more than their part of too much. */
  boolean isTooMuch(long unsettledOfQueue) {
    return handedOut.isTooMuch(unsettledOfQueue);
  }

  /** A queue waits until that is not so. */
  void heldBack(Paging queue) {
    heldBack.add(queue);
  }

  // ---- loads

  /**
   * Loads when there is room for it.
   *
   * @param begin asks the store, which ends in {@link #loaded}; false when nobody wants it any more
   */
  void load(long bytes, BooleanSupplier begin) {
    waiting.add(new Load(bytes, begin));
    loadSome();
  }

  /** What was asked for is here. */
  void loaded(long bytes) {
    loadingBytes -= bytes;
    loadSome();
  }

  private void loadSome() {
    long most = Math.clamp(shareBytes / 2, 1, LOADING_BYTES);
    for (Load next;
        (next = waiting.peek()) != null
            && (loadingBytes == 0 || loadingBytes + next.bytes() <= most); ) {
      waiting.remove();
      loadingBytes += next.bytes();
      if (!next.begin().getAsBoolean()) {
        loadingBytes -= next.bytes();
      }
    }
  }
}
