package io.serai.routing.queue;

import io.serai.model.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the head of one queue in memory and the rest on disk only. What has been appended goes out
 * a {@link #PAGE_BYTES page} at a time, the last first, when the {@link Pager} says that the
 * shard's queues hold too much: durable messages once they are safe, transient ones once they are
 * {@link Spilling written}. What consumers come near to is loaded ahead of them; nobody waits for
 * it, and it is dispatched when it is there.
 *
 * <p>A queue that is not durable costs nothing of that before it {@link #runsDeep runs deep}.
 */
final class Paging {
  /** Heap bytes of messages that go out and come in together. */
  static final int PAGE_BYTES = 256 * 1024;

  /** Heap bytes of messages that are loaded ahead of consumers, while there is room for that. */
  private static final long AHEAD_BYTES = 8 << 20;

  /** Pages that are loaded ahead of a consumer with a view. */
  private static final int VIEWED_AHEAD = 3;

  /** What the queue does about pages that come in. */
  interface Listener {
    /**
     * Messages are here again.
     *
     * @param run where they are
     * @param was what stood for them
     * @param lost how many of them could not be read
     */
    void cameIn(ReadyMessages run, MessageChunk chunk, Absent was, int lost);

    /**
     * Messages could not be read and will not be ready.
     *
     * @param chunk where they were, and still are for the others
     */
    void cannotRead(MessageChunk chunk, long[] sequences);

    /** What was asked for has gone meanwhile: whoever waits for it looks again. */
    void lookAgain();

    /** Consumers have settled enough: more can be handed out. */
    void goOn();
  }

  /**
   * A chunk of a run.
   *
   * @param generation the run's; with another one the chunk was moved out of it
   */
  private record Viewed(ReadyMessages run, int generation, MessageChunk chunk) {
    boolean canGoOut() {
      return isThere(run, generation, chunk, null) && chunk != run.first();
    }
  }

  private final Pager pager;
  private final Custody custody;
  private final Spilling spilling;
  private final BooleanSupplier wantsHead;
  private final Listener listener;

  /** Of one queue, in ascending priority. */
  private final List<ReadyMessages> runs = new ArrayList<>(1);

  /** Loaded for views, far from the head perhaps; the oldest goes out when there are too many. */
  private final ArrayDeque<Viewed> viewed = new ArrayDeque<>(0);

  /** Heap bytes of messages here that can go out. Read by {@link Pager}. */
  long residentBytes;

  /** Chunks that are absent. */
  int absentChunks;

  /** Heap bytes of messages that consumers have and have not settled. */
  private long unsettledBytes;

  /** Whether it waits for {@link Listener#goOn}. */
  private boolean isHeldBack;

  /** Whether the pager knows it. Written there. */
  boolean isListed;

  /** Whether messages are counted: from the beginning where the store has them. */
  private boolean isCounting;

  /**
   * @param wantsHead whether the queue has something to do with its first message
   */
  Paging(
      Pager pager,
      Custody custody,
      Spilling spilling,
      BooleanSupplier wantsHead,
      Listener listener) {
    this.pager = pager;
    this.custody = custody;
    this.spilling = spilling;
    this.wantsHead = wantsHead;
    this.listener = listener;
    this.isCounting = custody.isStoring();
  }

  /** A run of the queue. */
  void add(ReadyMessages run) {
    int at = runs.size();
    while (at > 0 && runs.get(at - 1).nextSequence() > run.nextSequence()) {
      at--;
    }
    runs.add(at, run);
  }

  // ---- what the runs say

  /** A message was added to a chunk, which is full when it has a page of them. */
  void added(MessageChunk chunk, Message message) {
    if (isCounting) {
      int bytes = message.sizeBytes();
      chunk.bytes += bytes;
      chunk.hasTransient |= !custody.isStored(message);
      resident(bytes);
      if (chunk.bytes >= PAGE_BYTES) {
        chunk.limit = chunk.to;
      }
    }
  }

  /** A run has more than one chunk: from now on, and for what is here, messages are counted. */
  void runsDeep() {
    if (isCounting) {
      return;
    }
    isCounting = true;
    for (ReadyMessages run : runs) {
      for (MessageChunk chunk = run.first(); chunk != null; chunk = chunk.next) {
        for (int slot = chunk.from; slot < chunk.to; slot++) {
          Message message = chunk.messages[slot];
          chunk.bytes += message == null ? 0 : message.sizeBytes();
        }
        chunk.hasTransient = true;
        resident(chunk.bytes);
      }
    }
  }

  /** A chunk has no message left. */
  void emptied(MessageChunk chunk) {
    spilling.forget(chunk);
    if (chunk.absent != null) {
      absentChunks--;
    } else if (chunk.bytes != 0) {
      resident(-chunk.bytes);
    }
  }

  private void resident(long bytes) {
    residentBytes += bytes;
    pager.resident(this, bytes);
  }

  // ---- handed out

  /** A consumer has a message until it settles it. */
  void handedOut(Message message) {
    if (isCounting) {
      int bytes = message.sizeBytes();
      pager.handedOut(bytes, unsettledBytes == 0);
      unsettledBytes += bytes;
    }
  }

  /** A message that was handed out is settled, or back. */
  void settled(Message message) {
    // What was handed out before the queue ran deep was not counted.
    long bytes = Math.min(message.sizeBytes(), unsettledBytes);
    if (bytes == 0) {
      return;
    }
    unsettledBytes -= bytes;
    pager.settled(bytes, unsettledBytes == 0);
    if (isHeldBack && !pager.isTooMuch(unsettledBytes)) {
      goOn();
    }
  }

  /**
   * Whether nothing more is to be handed out for now: the consumers of deep queues have so much
   * that they have not settled, and those of this one more than their part.
   */
  boolean holdsBack() {
    if (absentChunks == 0 || !pager.isTooMuch(unsettledBytes)) {
      return false;
    }
    if (!isHeldBack) {
      isHeldBack = true;
      pager.heldBack(this);
    }
    return true;
  }

  /** More can be handed out. */
  void goOn() {
    if (isHeldBack) {
      isHeldBack = false;
      listener.goOn();
    }
  }

  // ---- out

  /**
   * Lets go of messages beyond the head, the last ones first.
   *
   * @param windowBytes what stays here at most
   * @param excessBytes after so many it is enough
   */
  void trim(long windowBytes, long excessBytes) {
    long wanted = Math.min(residentBytes - windowBytes, excessBytes);
    ReadyMessages headRun = wantsHead.getAsBoolean() ? headRun() : null;
    long out = 0;
    for (int i = 0; i < runs.size() && out < wanted; i++) {
      ReadyMessages run = runs.get(i);
      MessageChunk head = run == headRun ? run.first() : null;
      out += trimEnd(run, head, windowBytes, wanted - out);
      if (out < wanted) {
        out += trimBack(run, endOfStart(run), head, wanted - out);
      }
    }
  }

  private @Nullable ReadyMessages headRun() {
    for (int i = runs.size() - 1; i >= 0; i--) {
      if (!runs.get(i).isEmpty()) {
        return runs.get(i);
      }
    }
    return null;
  }

  /** What was appended last, back to what is out already. */
  private long trimEnd(
      ReadyMessages run, @Nullable MessageChunk head, long windowBytes, long wanted) {
    MessageChunk end = run.last();
    if (end == null || end.to == end.limit) {
      return trimBack(run, end, head, wanted);
    }
    long out = trimBack(run, end.previous, head, wanted);
    if (out < wanted && end != head && end.bytes > Math.min(windowBytes, PAGE_BYTES / 4)) {
      end.limit = end.to; // nothing is added to it any more
      out += pageOut(run, end);
    }
    return out;
  }

  /** From a chunk back to what is out already, or to the head. */
  private long trimBack(
      ReadyMessages run, @Nullable MessageChunk from, @Nullable MessageChunk head, long wanted) {
    long out = 0;
    MessageChunk chunk = from;
    while (chunk != null && chunk != head && chunk.absent == null && out < wanted) {
      MessageChunk before = chunk.previous;
      out += pageOut(run, chunk);
      chunk = before;
    }
    return out;
  }

  /** The last of the chunks that are here from the first one on. */
  private static @Nullable MessageChunk endOfStart(ReadyMessages run) {
    MessageChunk end = null;
    for (MessageChunk chunk = run.first();
        chunk != null && chunk.absent == null;
        chunk = chunk.next) {
      end = chunk;
    }
    return end;
  }

  /** Lets go of a chunk if it is safely on disk; answers how many bytes that was, or will be. */
  private long pageOut(ReadyMessages run, MessageChunk chunk) {
    if (chunk.bytes == 0 || chunk.isViewed || chunk.to < chunk.limit || !pager.isSafe(chunk)) {
      return 0;
    }
    switch (spilling.write(chunk, custody)) {
      case DONE -> {}
      case UNDER_WAY -> {
        return chunk.bytes;
      }
      case IMPOSSIBLE -> {
        return 0;
      }
    }
    chunk.pageOut(custody::pagedOut);
    absentChunks++;
    resident(-chunk.bytes);
    long bytes = chunk.bytes;
    join(run, chunk);
    return bytes;
  }

  /** Small pages become one. */
  private void join(ReadyMessages run, MessageChunk chunk) {
    MessageChunk before = chunk.previous;
    Absent ofBefore = before == null ? null : before.absent;
    Absent out = chunk.absent;
    if (before != null
        && ofBefore != null
        && out != null
        && before.isPlain()
        && chunk.isPlain()
        && chunk.base + chunk.to - before.base <= ReadyMessages.CHUNK_SLOTS
        && before.bytes + chunk.bytes <= PAGE_BYTES) {
      before.append(chunk, ofBefore, out);
      run.unlink(chunk);
      absentChunks--;
    }
  }

  // ---- in

  /** Loads the first page. */
  void loadHead(ReadyMessages run) {
    MessageChunk first = run.first();
    if (first != null) {
      load(run, first);
    }
  }

  /** Loads what consumers come to next, as far as it is not here. */
  void readAhead(ReadyMessages run) {
    if (absentChunks == 0) {
      return;
    }
    long window = pager.windowBytes(AHEAD_BYTES);
    long ahead = 0;
    MessageChunk chunk = run.first();
    while (chunk != null && ahead < window) {
      load(run, chunk);
      ahead += chunk.bytes;
      chunk = chunk.next;
    }
  }

  /**
   * Loads the page that somebody with a view looks for, and some behind it.
   *
   * @param viewers how many there are
   */
  void readAhead(ReadyMessages run, MessageChunk from, int viewers) {
    MessageChunk chunk = from;
    for (int i = 0; i < VIEWED_AHEAD && chunk != null; i++) {
      if (chunk.absent != null && !chunk.isViewed) {
        chunk.isViewed = true; // also when it is on its way already: it stays until it is seen
        viewed.add(new Viewed(run, run.generation(), chunk));
        load(run, chunk);
      }
      chunk = chunk.next;
    }
    keepViewed(VIEWED_AHEAD * (viewers + 1));
  }

  /** Lets go of all but the latest pages that were loaded for views. */
  void keepViewed(int most) {
    while (viewed.size() > most) {
      Viewed oldest = viewed.remove();
      MessageChunk chunk = oldest.chunk();
      chunk.isViewed = false;
      if (oldest.canGoOut()) {
        pageOut(oldest.run(), chunk);
      }
    }
  }

  private boolean load(ReadyMessages run, MessageChunk chunk) {
    Absent out = chunk.absent;
    if (out == null || out.isLoading) {
      return false;
    }
    out.isLoading = true;
    int generation = run.generation();
    long bytes = chunk.bytes;
    pager.load(
        bytes,
        () -> {
          boolean isWanted = isThere(run, generation, chunk, out);
          if (isWanted) {
            long[] sequences = chunk.absentSequences(out);
            spilling.load(
                chunk.spilled,
                custody,
                sequences,
                loaded -> {
                  pager.loaded(bytes);
                  arrived(run, generation, chunk, out, sequences, loaded);
                });
          } else {
            listener.lookAgain();
          }
          return isWanted;
        });
    return true;
  }

  /** Whether a chunk is in its run still, and on disk or here as it was. */
  private static boolean isThere(
      ReadyMessages run, int generation, MessageChunk chunk, @Nullable Absent out) {
    return run.generation() == generation && !chunk.isGone && chunk.absent == out;
  }

  private void arrived(
      ReadyMessages run,
      int generation,
      MessageChunk chunk,
      Absent out,
      long[] sequences,
      @Nullable Message[] loaded) {
    if (!isThere(run, generation, chunk, out)) {
      listener.lookAgain();
      return;
    }
    int lost = chunk.pageIn(out, sequences, loaded);
    for (int slot = out.slots.nextSetBit(0); slot >= 0; slot = out.slots.nextSetBit(slot + 1)) {
      Message message = chunk.messages[slot];
      if (message != null) {
        custody.pagedIn(message);
      }
    }
    absentChunks--;
    resident(chunk.bytes);
    if (lost > 0) {
      listener.cannotRead(chunk, chunk.sequencesOfHoles(out));
      run.lost(chunk, lost);
    }
    listener.cameIn(run, chunk, out, lost);
    pager.relieve();
  }
}
