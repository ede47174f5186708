package io.serai.routing.queue;

import io.serai.bus.MatchData;
import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/**
 * A reader's own place among the ready messages of one run, moved by {@link ReadyMessages#seek}.
 * Messages may come and go around it.
 */
final class RunCursor {
  /** Everything before this sequence was looked at; that of the message it stands at, if any. */
  long position;

  /** The message it stands at. */
  @Nullable Message message;

  /** Set when the message it stands at was handed out before. */
  @Nullable Returned returned;

  /** What it stands at instead: messages that have to be loaded first. */
  @Nullable MessageChunk awaited;

  /** Where it last was in the run: found again without a search unless it is gone. */
  @Nullable MessageChunk chunk;

  /** The slot of {@link #chunk} it stands at, when {@link #returned} is null. */
  int slot;

  /** Tells the chunks of this run from those that were moved out of it. */
  int generation;

  /** The message it stands at; only while it stands at one. */
  Message message() {
    Message at = message;
    if (at == null) {
      throw new IllegalStateException("no message at " + position);
    }
    return at;
  }

  int deliveryCount() {
    MessageChunk in = chunk;
    if (returned != null) {
      return returned.deliveryCount();
    }
    return in == null ? 0 : in.deliveryCount(slot);
  }

  @Nullable MatchData match() {
    Returned back = returned;
    MessageChunk in = chunk;
    if (back != null) {
      return back.match();
    }
    return in == null ? null : in.match(slot);
  }
}
