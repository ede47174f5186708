package io.serai.routing.queue;

import io.serai.bus.MatchData;
import io.serai.model.Message;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Part of a run of messages: consecutive sequences from {@link #base} on, one slot each. A slot is
 * empty when its message was taken out of the middle or its sequence never came back after a
 * restart; the first one in use is not.
 *
 * <p>It is also the page of a queue: its messages may be on disk only ({@link #absent}), in the
 * store or, where they need not outlive the node, in the {@link #spilled spill}.
 */
final class MessageChunk {
  /** Not known yet when everything in it is safe in the store. */
  static final long NOT_SAFE = Long.MAX_VALUE;

  /** Nobody has asked for its transient messages to be written. */
  static final long NOT_WRITTEN = Long.MAX_VALUE;

  private static final @Nullable Message[] NONE = {};
  private static final long[] NO_PAGES = {};

  /** By slot; what is absent has none here. */
  @Nullable Message[] messages;

  /** Slots that the one behind this may have is a multiple of them. */
  final int capacity;

  /** Match data by slot; most queues never have any. */
  @Nullable MatchData @Nullable [] matches;

  /** How often each was handed out before, by slot; null when none was. */
  int @Nullable [] deliveryCounts;

  /** What is on disk only; null while all its messages are here. */
  @Nullable Absent absent;

  /** Heap bytes of its messages, whether they are here or not, as far as anybody counts them. */
  long bytes;

  /** Whether some of its messages are not in the store. */
  boolean hasTransient;

  /** Pages of the spill that have those; none while nothing of them is written. */
  long[] spilled = NO_PAGES;

  /** The spill's position from which on they can be read back: of several pages the first one's. */
  long spilledAt = NOT_WRITTEN;

  /** Whether it has a message that cannot be written, and so stays here. */
  boolean isPinned;

  /** The store's position from which on all of it can be read back. */
  long safeAt = NOT_SAFE;

  /** The sequence of slot 0. */
  long base;

  /** The first slot in use; {@link #to} when none is. */
  int from;

  /** Behind the last slot in use. */
  int to;

  /** Empty slots between {@link #from} and {@link #to}. */
  int holes;

  /** Slots that may be used: all, or those up to where a gap in the sequences begins. */
  int limit;

  /** Whether somebody with a view looks at it or is about to: it does not go out. */
  boolean isViewed;

  /** Whether it is out of its run, so that a cursor that was here looks for its place anew. */
  boolean isGone;

  @Nullable MessageChunk previous;
  @Nullable MessageChunk next;

  MessageChunk(int slots) {
    this.messages = new Message[slots];
    this.capacity = slots;
    this.limit = slots;
  }

  /** One whose messages are in the store, as after a restart; empty so far. */
  static MessageChunk absent(int slots, long base) {
    MessageChunk chunk = new MessageChunk(0, slots);
    chunk.absent = new Absent(slots);
    chunk.base = base;
    chunk.safeAt = 0;
    return chunk;
  }

  private MessageChunk(int slots, int capacity) {
    this.messages = slots == 0 ? NONE : new Message[slots];
    this.capacity = capacity;
  }

  /** Fills the next slot. */
  void put(Message message, @Nullable MatchData match) {
    messages[to] = message;
    if (match != null) {
      if (matches == null) {
        matches = new MatchData[messages.length];
      }
      matches[to] = match;
    }
    to++;
  }

  /** Leaves the next slots empty. */
  void skip(int slots) {
    to += slots;
    holes += slots;
  }

  @Nullable MatchData match(int slot) {
    return matches == null ? null : matches[slot];
  }

  /** Whether there is a message, here or in the store. */
  boolean has(int slot) {
    Absent out = absent;
    return out == null ? messages[slot] != null : out.slots.get(slot);
  }

  int deliveryCount(int slot) {
    return deliveryCounts == null ? 0 : deliveryCounts[slot];
  }

  /** Empties a slot between the first and the last one in use. */
  void clear(int slot) {
    Absent out = absent;
    if (out == null) {
      messages[slot] = null;
    } else {
      out.forget(slot);
    }
    if (matches != null) {
      matches[slot] = null;
    }
    if (slot == from) {
      from++;
    } else {
      holes++;
    }
  }

  /** The first slot is empty: goes on to one that is not. Only while there are such. */
  void skipHoles() {
    while (from < to && !has(from)) {
      from++;
      holes--;
    }
  }

  /** Whether it can begin anew, with no message. */
  boolean canReset() {
    return absent == null && messages.length == capacity;
  }

  /** Begins anew, with no message. */
  void reset() {
    from = 0;
    to = 0;
    holes = 0;
    limit = messages.length;
    bytes = 0;
    safeAt = NOT_SAFE;
    hasTransient = false;
    spilled = NO_PAGES;
    spilledAt = NOT_WRITTEN;
    isPinned = false;
    deliveryCounts = null;
  }

  // ---- on disk only

  /** Hands over its pages of the spill: what it still has of them is written anew if need be. */
  long[] takeSpilled() {
    long[] taken = spilled;
    spilled = NO_PAGES;
    spilledAt = NOT_WRITTEN;
    return taken;
  }

  /**
   * Lets go of its messages.
   *
   * @param letGo told each
   */
  void pageOut(Consumer<Message> letGo) {
    Absent out = new Absent(to);
    for (int slot = from; slot < to; slot++) {
      Message message = messages[slot];
      if (message != null) {
        out.add(slot, message);
        letGo.accept(message);
      }
    }
    messages = NONE;
    absent = out;
    limit = to;
  }

  /**
   * Takes messages back.
   *
   * @param loaded by sequence; null for one that is lost
   * @return how many are lost
   */
  int pageIn(Absent out, long[] sequences, @Nullable Message[] loaded) {
    messages = new Message[to];
    int lost = 0;
    for (int i = 0; i < loaded.length; i++) {
      int slot = (int) (sequences[i] - base);
      if (out.slots.get(slot)) { // else it went meanwhile
        messages[slot] = loaded[i];
        lost += loaded[i] == null ? 1 : 0;
      }
    }
    absent = null;
    return lost;
  }

  /** The sequences of what stood on disk and is not here. */
  long[] sequencesOfHoles(Absent was) {
    return was.slots.stream()
        .filter(slot -> messages[slot] == null)
        .mapToLong(slot -> base + slot)
        .toArray();
  }

  /** Slots are empty that were not: says which is the first one in use, and how many are not. */
  void countHoles() {
    while (from < to && !has(from)) {
      from++;
    }
    holes = 0;
    for (int slot = from; slot < to; slot++) {
      holes += has(slot) ? 0 : 1;
    }
  }

  /** The sequences of what is on disk only, in order. */
  long[] absentSequences(Absent out) {
    return out.slots.stream().mapToLong(slot -> base + slot).toArray();
  }

  /** Puts a message behind the last one, on disk only; its sequence is within the slots. */
  void putAbsent(
      Absent out,
      int slot,
      int bodyLength,
      long expiresAtMillis,
      int deliveryCount,
      @Nullable MatchData match) {
    out.add(slot, bodyLength, expiresAtMillis);
    if (match != null) {
      if (matches == null) {
        matches = new MatchData[capacity];
      }
      matches[slot] = match;
    }
    if (deliveryCount != 0) {
      if (deliveryCounts == null) {
        deliveryCounts = new int[capacity];
      }
      deliveryCounts[slot] = deliveryCount;
    }
    holes += slot - to;
    to = slot + 1;
    limit = to;
  }

  /** Whether it is nothing but places of messages on disk, and is to stay that for now. */
  boolean isPlain() {
    return absent != null && !absent.isLoading && matches == null && deliveryCounts == null;
  }

  /** Takes over the places of the chunk behind it; both are {@link #isPlain plain}. */
  void append(MessageChunk behind, Absent ofThis, Absent ofThat) {
    int slots = (int) (behind.base - base);
    ofThis.append(ofThat, slots);
    holes += slots + behind.from - to + behind.holes;
    to = slots + behind.to;
    limit = to;
    bytes += behind.bytes;
    safeAt = Math.max(safeAt, behind.safeAt);
    if (behind.hasTransient) {
      int own = spilled.length;
      spilled = Arrays.copyOf(spilled, own + behind.spilled.length);
      System.arraycopy(behind.spilled, 0, spilled, own, behind.spilled.length);
      spilledAt = Math.min(spilledAt, behind.spilledAt); // all are written
      hasTransient = true;
    }
  }
}
