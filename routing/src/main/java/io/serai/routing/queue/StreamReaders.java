package io.serai.routing.queue;

import io.serai.bus.ConsumerRef;
import io.serai.bus.SessionEvent;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The readers of one stream. Each gets everything, so all that they share is the loop's time. */
final class StreamReaders {
  /** Attached readers and those that only have unsettled deliveries left. */
  private final Map<ConsumerRef, StreamReader> byRef = new IdentityHashMap<>(4);

  private final List<StreamReader> attached = new ArrayList<>(2);

  /** Whose turn is next. */
  private int turn;

  /** Number of attached readers. */
  int count() {
    return attached.size();
  }

  /** Everyone, attached or not; for use while the stream is taken apart. */
  List<StreamReader> all() {
    return List.copyOf(byRef.values());
  }

  void attach(StreamReader reader) {
    QueueConsumer consumer = reader.consumer;
    consumer.isAttached = true;
    consumer.session.add(consumer);
    byRef.put(consumer.ref, reader);
    attached.add(reader);
  }

  /** The reader takes no more; what it has not settled stays its own. */
  void detach(StreamReader reader) {
    QueueConsumer consumer = reader.consumer;
    consumer.isAttached = false;
    consumer.isDraining = false;
    consumer.credit = 0;
    attached.remove(reader);
    reader.end();
    if (consumer.unsettled.isEmpty()) {
      forget(reader);
    }
  }

  /** A reader that is detached has nothing unsettled any more. */
  void forget(StreamReader reader) {
    if (byRef.remove(reader.consumer.ref) != null) {
      reader.consumer.session.remove(reader.consumer);
    }
  }

  /** The reader of a consumer that is not forgotten. */
  StreamReader of(QueueConsumer consumer) {
    StreamReader reader = byRef.get(consumer.ref);
    if (reader == null) {
      throw new IllegalStateException("no reader " + consumer.ref);
    }
    return reader;
  }

  /** The consumer a reference was handed out for, or null when it is gone. */
  @Nullable QueueConsumer find(ConsumerRef ref) {
    StreamReader known = byRef.get(ref); // references travel unchanged; equals is for the rest
    if (known != null) {
      return known.consumer;
    }
    for (StreamReader one : attached) {
      if (one.consumer.ref.equals(ref)) {
        return one.consumer;
      }
    }
    return null;
  }

  /** Whose turn it is; only while there is one. The next call gives the next one. */
  StreamReader next() {
    turn = turn + 1 < attached.size() ? turn + 1 : 0;
    return attached.get(turn);
  }

  /** Whether one of them would get on. */
  boolean canGoOn() {
    for (int i = 0; i < attached.size(); i++) {
      if (canGoOn(attached.get(i))) {
        return true;
      }
    }
    return false;
  }

  static boolean canGoOn(StreamReader reader) {
    return reader.consumer.credit > 0 && reader.canLook();
  }

  /** The first offset that one of them still wants from memory. */
  long wantFrom() {
    long from = Long.MAX_VALUE;
    for (int i = 0; i < attached.size(); i++) {
      from = Math.min(from, attached.get(i).wantsFrom());
    }
    return from;
  }

  /**
   * Nothing more can be delivered now: those who were to use their credit at once give it back, and
   * those who share theirs hear that there is something.
   *
   * @return whether one of them gets on once enough is settled
   */
  boolean finish(Consumer<SessionEvent> events) {
    boolean isHeldBack = false;
    for (int i = 0; i < attached.size(); i++) {
      StreamReader reader = attached.get(i);
      QueueConsumer one = reader.consumer;
      isHeldBack |= !hasNothingFor(reader) && (reader.isHeldBack() || reader.waitsToRead());
      if (one.isDraining && (hasNothingFor(reader) || reader.isHeldBack())) {
        int unused = one.credit;
        one.isDraining = false;
        one.credit = 0;
        events.accept(new SessionEvent.Drained(one.session.ref, one.ref, unused));
      } else if (one.isShared() && one.credit == 0 && !one.isToldReady && !hasNothingFor(reader)) {
        one.isToldReady = true;
        events.accept(new SessionEvent.Ready(one.session.ref, one.ref));
      }
    }
    return isHeldBack;
  }

  private static boolean hasNothingFor(StreamReader reader) {
    return reader.isHalted() || reader.isAtEnd();
  }
}
