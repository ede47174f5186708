package io.serai.routing.queue;

import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.StreamRead;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The readers of one stream that have a name: where they have come to is kept, and they may take
 * turns. A place is stored when its reader leaves, and at most {@link #WRITE_MILLIS} after it
 * moved.
 */
final class NamedReaders {
  /** After a crash readers get again what they settled this long before at most. */
  private static final long WRITE_MILLIS = 100;

  private final StreamReaders readers;
  private final StreamPlaces places;
  private final ShardServices shard;
  private final int partition;

  /** Begins to read. */
  private final Consumer<StreamReader> start;

  /** Those that take turns, by name; entries go with their last member. */
  private final Map<String, StreamGroup> groups = new HashMap<>(4);

  private final Deadline write = new Deadline(this::writePlaces);

  NamedReaders(
      StreamReaders readers,
      StreamPlaces places,
      ShardServices shard,
      int partition,
      Consumer<StreamReader> start) {
    this.readers = readers;
    this.places = places;
    this.shard = shard;
    this.partition = partition;
    this.start = start;
  }

  StreamPlaces places() {
    return places;
  }

  /** Whether the stream knows too many names for one more. */
  boolean isFullFor(StreamRead asked) {
    return asked.isNamed() && places.isFullFor(asked.name());
  }

  /** A reader was attached, with a name or without; it begins as soon as it may. */
  void joined(StreamReader reader) {
    if (!reader.asked().isNamed()) {
      start.accept(reader);
      return;
    }
    writePlaces(); // perhaps of one whose place it takes
    if (reader.asked().takesTurns()) {
      StreamGroup group =
          groups.computeIfAbsent(reader.asked().name(), _ -> new StreamGroup(partition));
      group.join(reader);
      goOn(group);
    } else {
      start.accept(reader);
    }
  }

  /** A reader has found where it begins: from now on that is its place. */
  void begun(StreamReader reader) {
    if (reader.asked().isNamed()) {
      writePlace(reader);
    }
  }

  /** A reader with a name has settled a message. */
  void settled(StreamReader reader, Delivery delivery, Outcome outcome) {
    if (outcome == Outcome.RETURNED) {
      reader.returned(delivery.sequence());
    }
    if (!reader.consumer.unsettled.isEmpty()) {
      moved();
      return;
    }
    StreamGroup group = groups.get(reader.asked().name());
    boolean isWaitedFor = group != null && group.waitsFor(reader);
    if (isWaitedFor || !reader.consumer.isAttached) {
      writePlace(reader);
    } else {
      moved();
    }
    if (group != null && isWaitedFor) {
      goOn(group);
    }
  }

  /** A reader with a name has moved on. */
  void moved() {
    if (write.atMillis == Deadline.NEVER) {
      shard.deadlines().set(write, shard.host().nowMillis() + WRITE_MILLIS);
    }
  }

  /** A reader leaves; what it has not settled is the next one's. */
  void left(StreamReader reader) {
    if (!reader.asked().isNamed()) {
      return;
    }
    writePlace(reader);
    StreamGroup group = groups.get(reader.asked().name());
    if (group != null) {
      group.leave(reader);
      if (group.isEmpty()) {
        groups.remove(reader.asked().name());
      } else {
        goOn(group);
      }
    }
  }

  private void goOn(StreamGroup group) {
    group.goOn(start);
  }

  /** The stream is gone. */
  void end() {
    shard.deadlines().set(write, Deadline.NEVER);
    groups.clear();
    places.forgetAll();
  }

  private void writePlaces() {
    readers
        .all()
        .forEach(reader -> {
          if (reader.asked().isNamed()) {
            writePlace(reader);
          }
        });
  }

  private void writePlace(StreamReader reader) {
    if (reader.hasBegun()) {
      places.reached(reader.asked().name(), reader.resumesAt());
    }
  }
}
