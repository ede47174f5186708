package io.serai.routing.queue;

import io.serai.bus.Delivery;
import io.serai.bus.MatchData;
import io.serai.model.Message;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The ready messages of a queue in the order of their sequences: a run of messages that were never
 * delivered, appended at its end and taken from its start, and before it those that consumers gave
 * back, sorted. Whatever was delivered came from the start of the run, so every returned sequence
 * is lower than the run's.
 *
 * <p>The run is a chain of chunks: it grows without copying, and memory goes back as it drains. How
 * long it may get is up to the queue's limits.
 */
final class ReadyMessages {
  private static final int FIRST_CHUNK_SLOTS = 16;
  private static final int CHUNK_SLOTS = 1024;

  private static final class Chunk {
    final @Nullable Message[] messages;

    /** Match data beside {@link #messages}; most queues never have any. */
    @Nullable MatchData @Nullable [] matches;

    int from;
    int to;
    @Nullable Chunk next;

    Chunk(int slots) {
      this.messages = new Message[slots];
    }
  }

  private @Nullable Chunk first;
  private @Nullable Chunk last;
  private int runLength;

  /** Sequence that the next message appended gets. */
  private long next;

  /** Given back, by sequence. Kept as deliveries because those carry all there is to know. */
  private @Nullable PriorityQueue<Delivery> returned;

  ReadyMessages() {
    this(0);
  }

  /** Likewise, with the sequences counted from {@code firstSequence}. */
  ReadyMessages(long firstSequence) {
    this.next = firstSequence;
  }

  int size() {
    return returned == null ? runLength : runLength + returned.size();
  }

  boolean isEmpty() {
    return runLength == 0 && (returned == null || returned.isEmpty());
  }

  /**
   * The sequence of a message that is delivered at once, without ever being ready. Only while there
   * is nothing in the run.
   */
  long passBy() {
    return next++;
  }

  /** Appends a message and answers its sequence. */
  long add(Message message, @Nullable MatchData match) {
    Chunk chunk = last;
    if (chunk == null || chunk.to == chunk.messages.length) {
      chunk = addChunk();
    }
    chunk.messages[chunk.to] = message;
    if (match != null) {
      if (chunk.matches == null) {
        chunk.matches = new MatchData[chunk.messages.length];
      }
      chunk.matches[chunk.to] = match;
    }
    chunk.to++;
    runLength++;
    return next++;
  }

  /** Puts a message back to its old place, with the delivery count it has now. */
  void giveBack(Delivery delivery) {
    if (returned == null) {
      returned = new PriorityQueue<>(Comparator.comparingLong(Delivery::sequence));
    }
    returned.add(delivery);
  }

  /** The sequence that the next message appended gets. */
  long nextSequence() {
    return next;
  }

  /** The sequence of the first message that was never delivered; the next one's if none is. */
  long runSequence() {
    return next - runLength;
  }

  /** The first message; only when not empty. */
  Message headMessage() {
    Delivery back = headReturned();
    if (back != null) {
      return back.message();
    }
    Chunk chunk = first;
    Message message = chunk == null ? null : chunk.messages[chunk.from];
    if (message == null) {
      throw new IllegalStateException("no message is ready");
    }
    return message;
  }

  long headSequence() {
    Delivery back = headReturned();
    return back != null ? back.sequence() : runSequence();
  }

  int headDeliveryCount() {
    Delivery back = headReturned();
    return back != null ? back.deliveryCount() : 0;
  }

  @Nullable MatchData headMatch() {
    Delivery back = headReturned();
    if (back != null) {
      return back.match();
    }
    Chunk chunk = first;
    return chunk == null || chunk.matches == null ? null : chunk.matches[chunk.from];
  }

  /** Hands over every message, in no order. */
  void forEach(Consumer<Message> action) {
    if (returned != null) {
      returned.forEach(delivery -> action.accept(delivery.message()));
    }
    for (Chunk chunk = first; chunk != null; chunk = chunk.next) {
      for (int i = chunk.from; i < chunk.to; i++) {
        Message message = chunk.messages[i];
        if (message != null) {
          action.accept(message);
        }
      }
    }
  }

  /** Takes the first message away; only when not empty. */
  void removeHead() {
    if (returned != null && !returned.isEmpty()) {
      returned.poll();
      if (returned.isEmpty() && runLength == 0) {
        returned = null;
      }
      return;
    }
    Chunk chunk = first;
    if (chunk == null) {
      throw new IllegalStateException("no message is ready");
    }
    chunk.messages[chunk.from] = null;
    if (chunk.matches != null) {
      chunk.matches[chunk.from] = null;
    }
    chunk.from++;
    runLength--;
    if (chunk.from == chunk.to) {
      if (chunk.next != null) {
        first = chunk.next;
      } else {
        chunk.from = 0; // the only chunk: use it again
        chunk.to = 0;
      }
    }
  }

  /**
   * Moves everything into an object of its own, to be let go of piece by piece, and leaves this one
   * empty. Sequences go on.
   */
  ReadyMessages takeAll() {
    ReadyMessages all = new ReadyMessages();
    all.first = first;
    all.last = last;
    all.runLength = runLength;
    all.next = next;
    all.returned = returned;
    first = null;
    last = null;
    runLength = 0;
    returned = null;
    return all;
  }

  private @Nullable Delivery headReturned() {
    return returned == null ? null : returned.peek();
  }

  private Chunk addChunk() {
    Chunk tail = last;
    Chunk added =
        new Chunk(
            tail == null ? FIRST_CHUNK_SLOTS : Math.min(CHUNK_SLOTS, tail.messages.length * 4));
    if (tail == null) {
      first = added;
    } else {
      tail.next = added;
    }
    last = added;
    return added;
  }
}
