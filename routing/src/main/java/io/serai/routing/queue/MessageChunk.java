package io.serai.routing.queue;

import io.serai.bus.MatchData;
import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/**
 * Part of a run of messages: consecutive sequences from {@link #base} on, one slot each. A slot is
 * empty when its message was taken out of the middle or its sequence never came back after a
 * restart; the first one in use is not.
 */
final class MessageChunk {
  final @Nullable Message[] messages;

  /** Match data beside {@link #messages}; most queues never have any. */
  @Nullable MatchData @Nullable [] matches;

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

  /** Whether it is out of its run, so that a cursor that was here looks for its place anew. */
  boolean isGone;

  @Nullable MessageChunk previous;
  @Nullable MessageChunk next;

  MessageChunk(int slots) {
    this.messages = new Message[slots];
    this.limit = slots;
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

  /** Empties a slot between the first and the last one in use. */
  void clear(int slot) {
    messages[slot] = null;
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
    while (from < to && messages[from] == null) {
      from++;
      holes--;
    }
  }

  /** Begins anew, with no message. */
  void reset() {
    from = 0;
    to = 0;
    holes = 0;
    limit = messages.length;
  }
}
