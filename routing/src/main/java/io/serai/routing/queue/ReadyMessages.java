package io.serai.routing.queue;

import io.serai.bus.MatchData;
import io.serai.model.Message;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The ready messages of a queue in the order of their sequences: a run of messages that were never
 * handed out, appended at its end and taken from its start, and those that came back, sorted.
 * Either may be taken from the middle too, through a {@link RunCursor}; sequences may have gaps.
 *
 * <p>The run is a chain of chunks: it grows without copying, and memory goes back as it drains,
 * wherever that happens. How long it may get is up to the queue's limits. Chunks may be {@link
 * MessageChunk#absent absent}, the first one too: {@link Paging} sees to that.
 */
final class ReadyMessages {
  private static final int FIRST_CHUNK_SLOTS = 16;
  static final int CHUNK_SLOTS = 1024;

  private @Nullable MessageChunk first;
  private @Nullable MessageChunk last;
  private int runLength;

  /** Sequence that the next message appended gets. */
  private long next;

  /** What came back, by sequence; null while nothing is here. */
  private @Nullable TreeMap<Long, Returned> returned;

  /** The first of {@link #returned} when it comes before the run. */
  private @Nullable Returned returnedHead;

  /** Changes when the chunks are moved out. */
  private int generation;

  /** Told what comes and goes; null where every message stays in memory. */
  private final @Nullable Paging paging;

  /**
   * An empty run.
   *
   * @param firstSequence of the first message
   */
  ReadyMessages(long firstSequence, @Nullable Paging paging) {
    this.next = firstSequence;
    this.paging = paging;
  }

  int size() {
    return returned == null ? runLength : runLength + returned.size();
  }

  boolean isEmpty() {
    return runLength == 0 && returned == null;
  }

  // ---- in

  /** The sequence of a message that is delivered at once, without ever being ready. */
  long passBy() {
    if (runLength != 0) {
      leaveHoles(1);
    }
    return next++;
  }

  /** Appends a message and answers its sequence. */
  long add(Message message, @Nullable MatchData match) {
    MessageChunk chunk = last;
    if (chunk == null || chunk.to == chunk.limit) {
      chunk = addChunk();
    }
    if (chunk.to == 0) {
      chunk.base = next;
    }
    chunk.put(message, match);
    runLength++;
    if (paging != null) {
      paging.added(chunk, message);
    }
    return next++;
  }

  /**
   * Notes a message that is in the store after a restart, one after the other in the order of their
   * sequences.
   *
   * @param sequence at least {@link #nextSequence}, which becomes the one behind it
   * @param heapBytes what it takes about when it is here
   * @param deliveryCount how often it was handed out before
   */
  void restore(
      long sequence,
      int bodyLength,
      int heapBytes,
      long expiresAtMillis,
      int deliveryCount,
      @Nullable MatchData match) {
    if (sequence < next) {
      throw new IllegalArgumentException("sequence " + sequence + " comes before " + next);
    }
    MessageChunk chunk = last;
    Absent out = chunk == null ? null : chunk.absent;
    if (chunk == null
        || out == null
        || sequence - chunk.base >= CHUNK_SLOTS
        || chunk.bytes + heapBytes > Paging.PAGE_BYTES) {
      chunk = append(MessageChunk.absent(CHUNK_SLOTS, sequence));
      out = Objects.requireNonNull(chunk.absent);
      if (paging != null) {
        paging.absentChunks++;
      }
    }
    chunk.putAbsent(
        out, (int) (sequence - chunk.base), bodyLength, expiresAtMillis, deliveryCount, match);
    chunk.bytes += heapBytes;
    runLength++;
    next = sequence + 1;
  }

  /** The next message appended gets at least this sequence. */
  void startAt(long sequence) {
    skipTo(Math.max(next, sequence));
  }

  /** The next message appended gets this sequence, which is not lower than it would be. */
  void skipTo(long sequence) {
    if (sequence < next) {
      throw new IllegalArgumentException("sequence " + sequence + " comes before " + next);
    }
    if (runLength != 0) {
      leaveHoles(sequence - next);
    }
    next = sequence;
  }

  private void leaveHoles(long count) {
    MessageChunk chunk = last;
    if (chunk == null || chunk.to == chunk.limit) {
      return; // the next chunk begins behind them
    }
    if (count < chunk.limit - chunk.to && count <= FIRST_CHUNK_SLOTS) {
      chunk.skip((int) count);
    } else {
      chunk.limit = chunk.to;
    }
  }

  /** Puts a message back to its old place, with the delivery count it has now. */
  void giveBack(Returned back) {
    if (returned == null) {
      returned = new TreeMap<>();
    }
    returned.put(back.sequence(), back);
    if (back.sequence() <= headSequence()) {
      returnedHead = back; // nothing is before it, and in the run it has a place of its own
    }
  }

  /** The sequence that the next message appended gets. */
  long nextSequence() {
    return next;
  }

  // ---- the first message

  /** Whether the first message is here; false when there is none or it is on disk only. */
  boolean hasHead() {
    MessageChunk chunk = first;
    return returnedHead != null || (runLength != 0 && chunk != null && chunk.absent == null);
  }

  /** What the first message is part of when it is not here; null when it is, or there is none. */
  @Nullable Absent absentHead() {
    MessageChunk chunk = first;
    return returnedHead != null || runLength == 0 || chunk == null ? null : chunk.absent;
  }

  /** The first message if it is in memory; only when not empty. */
  @Nullable Message headIfHere() {
    return hasHead() ? headMessage() : null;
  }

  /** The first message; only when it is here. */
  Message headMessage() {
    Returned back = returnedHead;
    if (back != null) {
      return back.message();
    }
    MessageChunk chunk = first;
    Message message = chunk == null ? null : chunk.messages[chunk.from];
    if (message == null) {
      throw new IllegalStateException("no message is ready");
    }
    return message;
  }

  /** The first message's sequence; the next one's when empty. */
  long headSequence() {
    Returned back = returnedHead;
    return back != null ? back.sequence() : runSequence();
  }

  int headDeliveryCount() {
    Returned back = returnedHead;
    if (back != null) {
      return back.deliveryCount();
    }
    MessageChunk chunk = first;
    return chunk == null ? 0 : chunk.deliveryCount(chunk.from);
  }

  @Nullable MatchData headMatch() {
    Returned back = returnedHead;
    if (back != null) {
      return back.match();
    }
    MessageChunk chunk = first;
    return chunk == null ? null : chunk.match(chunk.from);
  }

  /** Takes the first message away; only when not empty. */
  void removeHead() {
    Returned back = returnedHead;
    if (back != null) {
      removeReturned(back.sequence());
      return;
    }
    MessageChunk chunk = first;
    if (chunk == null || runLength == 0) {
      throw new IllegalStateException("no message is ready");
    }
    remove(chunk, chunk.from);
  }

  // ---- any message

  /**
   * Moves a cursor to the first message at its position or behind.
   *
   * @return that message; null when there is none, and the cursor is at the end, or when it is not
   *     here, and the cursor is at {@link RunCursor#awaited what to load}
   */
  @Nullable Message seek(RunCursor cursor) {
    MessageChunk chunk = runLength == 0 ? null : chunkFor(cursor);
    long inRun = chunk == null ? next : chunk.base + cursor.slot;
    Map.Entry<Long, Returned> back =
        returned == null ? null : returned.ceilingEntry(cursor.position);
    cursor.awaited = null;
    if (back != null && back.getKey() < inRun) {
      cursor.returned = back.getValue();
      cursor.message = back.getValue().message();
      cursor.position = back.getKey();
      return cursor.message;
    }
    cursor.returned = null;
    cursor.position = inRun;
    if (chunk != null && chunk.absent != null) {
      cursor.awaited = chunk;
      cursor.message = null;
    } else {
      cursor.message = chunk == null ? null : chunk.messages[cursor.slot];
    }
    return cursor.message;
  }

  /** Takes away the message that a cursor found with its last {@link #seek}, just now. */
  void remove(RunCursor cursor) {
    MessageChunk chunk = cursor.chunk;
    if (cursor.returned != null) {
      removeReturned(cursor.position);
    } else if (chunk != null) {
      remove(chunk, cursor.slot);
    }
    cursor.message = null;
    cursor.returned = null;
  }

  /** A message that came back and is here, by its sequence. */
  @Nullable Returned returned(long sequence) {
    return returned == null ? null : returned.get(sequence);
  }

  /** Number of messages that came back and are here. */
  int returnedCount() {
    return returned == null ? 0 : returned.size();
  }

  /** Takes away a message that came back. */
  void removeReturned(long sequence) {
    if (returned != null && returned.remove(sequence) != null) {
      if (returned.isEmpty()) {
        returned = null;
      }
      findHead();
    }
  }

  /** Chunks in the chain, for tests. */
  int chunkCount() {
    int count = 0;
    for (MessageChunk chunk = first; chunk != null; chunk = chunk.next) {
      count++;
    }
    return count;
  }

  /** Hands over every message that is here and everything that is not, in no order. */
  void forEach(Consumer<Message> action, Consumer<Absent> ofAbsent) {
    if (returned != null) {
      returned.values().forEach(back -> action.accept(back.message()));
    }
    for (MessageChunk chunk = first; chunk != null; chunk = chunk.next) {
      if (chunk.absent != null) {
        ofAbsent.accept(chunk.absent);
      }
      int to = Math.min(chunk.to, chunk.messages.length);
      for (int i = chunk.from; i < to; i++) {
        Message message = chunk.messages[i];
        if (message != null) {
          action.accept(message);
        }
      }
    }
  }

  /**
   * Moves everything into an object of its own, to be let go of piece by piece, and leaves this one
   * empty. Sequences go on.
   */
  ReadyMessages takeAll() {
    ReadyMessages all = new ReadyMessages(next, paging);
    all.first = first;
    all.last = last;
    all.runLength = runLength;
    all.returned = returned;
    all.returnedHead = returnedHead;
    first = null;
    last = null;
    runLength = 0;
    returned = null;
    returnedHead = null;
    generation++;
    return all;
  }

  // ---- pages

  /** The first chunk; null when there is none. */
  @Nullable MessageChunk first() {
    return first;
  }

  /** The last chunk; null when there is none. */
  @Nullable MessageChunk last() {
    return last;
  }

  /** Another number whenever its chunks were moved out of it. */
  int generation() {
    return generation;
  }

  /** An absent chunk has come in, but for some that are lost and not ready any more. */
  void lost(MessageChunk chunk, int count) {
    runLength -= count;
    chunk.countHoles();
    if (chunk.from == chunk.to) {
      emptied(chunk);
    }
    findHead();
  }

  // ---- the chain

  /** The sequence of the run's first message; the next one's if there is none. */
  private long runSequence() {
    MessageChunk chunk = first;
    return chunk == null || runLength == 0 ? next : chunk.base + chunk.from;
  }

  private void findHead() {
    Map.Entry<Long, Returned> entry = returned == null ? null : returned.firstEntry();
    returnedHead = entry != null && entry.getKey() < runSequence() ? entry.getValue() : null;
  }

  /** The chunk, and in the cursor the slot, of the first message at its position or behind. */
  private @Nullable MessageChunk chunkFor(RunCursor cursor) {
    MessageChunk chunk = cursor.chunk;
    if (chunk == null
        || chunk.isGone
        || cursor.generation != generation
        || chunk.base > cursor.position) {
      chunk = first;
    }
    for (; chunk != null; chunk = chunk.next) {
      int slot = Math.clamp(cursor.position - chunk.base, chunk.from, chunk.to);
      while (slot < chunk.to && !chunk.has(slot)) {
        slot++;
      }
      if (slot < chunk.to) {
        cursor.chunk = chunk;
        cursor.slot = slot;
        cursor.generation = generation;
        return chunk;
      }
    }
    return null;
  }

  private void remove(MessageChunk chunk, int slot) {
    chunk.clear(slot);
    runLength--;
    if (chunk.holes > 0) {
      chunk.skipHoles();
    }
    if (chunk.from == chunk.to) {
      emptied(chunk);
    }
    if (returned != null) {
      findHead();
    }
  }

  private void emptied(MessageChunk chunk) {
    if (paging != null) {
      paging.emptied(chunk);
    }
    if (chunk.previous == null && chunk.next == null && chunk.canReset()) {
      chunk.reset(); // the only chunk: use it again
    } else {
      unlink(chunk);
    }
  }

  /** Takes a chunk out of the chain. */
  void unlink(MessageChunk chunk) {
    MessageChunk before = chunk.previous;
    MessageChunk after = chunk.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    chunk.previous = null;
    chunk.next = null;
    chunk.isGone = true;
  }

  private MessageChunk addChunk() {
    MessageChunk tail = last;
    if (tail != null && paging != null) {
      paging.runsDeep();
    }
    return append(
        new MessageChunk(
            tail == null ? FIRST_CHUNK_SLOTS : Math.min(CHUNK_SLOTS, tail.capacity * 4)));
  }

  private MessageChunk append(MessageChunk added) {
    MessageChunk tail = last;
    added.previous = tail;
    if (tail == null) {
      first = added;
    } else {
      tail.next = added;
    }
    last = added;
    return added;
  }
}
