package io.serai.routing.queue;

import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Request;
import io.serai.bus.StreamRead;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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

  private final StreamPlaces places;
  private final ShardServices shard;
  private final int partition;

  /** Those that are attached or have something unsettled, by name; entries go with the last. */
  private final Map<String, List<StreamReader>> byName = new HashMap<>(4);

  /** Those whose place is not written down as it is, each once. */
  private final List<StreamReader> moved = new ArrayList<>(2);

  /** Begins to read. */
  private final Consumer<StreamReader> start;

  /** Those that take turns, by name; entries go with their last member. */
  private final Map<String, StreamGroup> groups = new HashMap<>(4);

  private final Deadline write = new Deadline(this::writePlaces);

  NamedReaders(
      StreamPlaces places, ShardServices shard, int partition, Consumer<StreamReader> start) {
    this.places = places;
    this.shard = shard;
    this.partition = partition;
    this.start = start;
  }

  StreamPlaces places() {
    return places;
  }

  /**
   * Whether the stream knows too many names for one more. Those that nobody reads under go when
   * what they had not seen is gone, too.
   *
   * @param firstOffset the oldest message there is
   */
  boolean isFullFor(StreamRead asked, long firstOffset) {
    if (asked.isNamed() && places.isFullFor(asked.name())) {
      places.forgetBefore(firstOffset, byName.keySet());
      return places.isFullFor(asked.name());
    }
    return false;
  }

  /** A reader was attached, with a name or without; it begins as soon as it may. */
  void joined(StreamReader reader) {
    if (!reader.asked().isNamed()) {
      start.accept(reader);
      return;
    }
    String name = reader.asked().name();
    List<StreamReader> others = byName.computeIfAbsent(name, _ -> new ArrayList<>(1));
    others.forEach(this::writePlace); // perhaps of one whose place it takes
    others.add(reader);
    if (reader.asked().takesTurns()) {
      StreamGroup group = groups.computeIfAbsent(name, _ -> new StreamGroup(partition));
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
      moved(reader);
      return;
    }
    StreamGroup group = groups.get(reader.asked().name());
    boolean isWaitedFor = group != null && group.waitsFor(reader);
    if (!reader.consumer.isAttached) {
      writePlace(reader);
      leaveName(reader);
    } else if (isWaitedFor) {
      writePlace(reader);
    } else {
      moved(reader);
    }
    if (group != null && isWaitedFor) {
      goOn(group);
    }
  }

  /** A reader with a name has moved on. */
  void moved(StreamReader reader) {
    if (!reader.hasMoved) {
      reader.hasMoved = true;
      moved.add(reader);
    }
    if (write.atMillis == Deadline.NEVER) {
      shard.deadlines().set(write, shard.host().nowMillis() + WRITE_MILLIS);
    }
  }

  /**
   * A reader leaves; what it has not settled is the next one's.
   *
   * @param maySettle whether it may still settle what it has
   */
  void left(StreamReader reader, boolean maySettle) {
    if (!reader.asked().isNamed()) {
      return;
    }
    writePlace(reader);
    if (!maySettle) {
      leaveName(reader);
    }
    String name = reader.asked().name();
    StreamGroup group = groups.get(name);
    if (group != null) {
      group.leave(reader);
      if (group.isEmpty()) {
        groups.remove(name);
      } else {
        goOn(group);
      }
    }
  }

  private void goOn(StreamGroup group) {
    group.goOn(this::startBehindOthers);
  }

  /** Where the one before it has come to may not be written yet. */
  private void startBehindOthers(StreamReader reader) {
    byName.getOrDefault(reader.asked().name(), List.of()).forEach(this::writePlace);
    start.accept(reader);
  }

  /** How far each name has come, those furthest back first. */
  List<Request.NamedReader> list(int most) {
    writePlaces();
    return places.furthestBack(most).stream()
        .map(place -> new Request.NamedReader(place.name(), place.offset(), attached(place.name())))
        .toList();
  }

  private int attached(String name) {
    int count = 0;
    for (StreamReader reader : byName.getOrDefault(name, List.of())) {
      count += reader.consumer.isAttached ? 1 : 0;
    }
    return count;
  }

  /** Its place is written for the last time. */
  private void leaveName(StreamReader reader) {
    if (reader.hasMoved) {
      reader.hasMoved = false;
      moved.remove(reader);
    }
    List<StreamReader> others = byName.get(reader.asked().name());
    if (others != null && others.remove(reader) && others.isEmpty()) {
      byName.remove(reader.asked().name());
    }
  }

  /** Forgets a name's place; false while somebody reads under it. */
  boolean forget(String name) {
    if (attached(name) > 0) {
      return false;
    }
    List<StreamReader> settling = byName.remove(name);
    if (settling != null) {
      settling.forEach(StreamReader::loseName);
    }
    places.forget(name);
    return true;
  }

  /** The stream is gone. */
  void end() {
    shard.deadlines().set(write, Deadline.NEVER);
    groups.clear();
    byName.clear();
    moved.clear();
    places.forgetAll();
  }

  private void writePlaces() {
    moved.forEach(reader -> {
      reader.hasMoved = false;
      writePlace(reader);
    });
    moved.clear();
  }

  private void writePlace(StreamReader reader) {
    if (reader.hasBegun() && reader.hasName()) {
      places.reached(reader.asked().name(), reader.resumesAt());
    }
  }
}
