package io.serai.routing.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Readers of one name that take turns: one reads, the others wait. On a stream by itself the one
 * that came first reads until it leaves. On partition n of a super stream it is the member whose
 * number, in the order in which they came, is n modulo their count: members that read all
 * partitions share them, and share them anew when one comes or goes. A member that gives way has
 * settled everything before the next begins, so that order is kept.
 */
final class StreamGroup {
  /** Not a partition. */
  static final int NONE = -1;

  private final int partition;
  private final List<StreamReader> members = new ArrayList<>(2);
  private @Nullable StreamReader active;

  /**
   * @param partition the number of the partition that the stream is, or {@link #NONE}
   */
  StreamGroup(int partition) {
    this.partition = partition;
  }

  /** The number a stream's name ends with behind a dash, as those of partitions do. */
  static int partitionOf(String stream) {
    int from = stream.length();
    while (from > 0 && stream.charAt(from - 1) >= '0' && stream.charAt(from - 1) <= '9') {
      from--;
    }
    int digits = stream.length() - from;
    return digits > 0 && digits < 7 && from > 0 && stream.charAt(from - 1) == '-'
        ? Integer.parseInt(stream.substring(from))
        : NONE;
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  void join(StreamReader reader) {
    reader.halt();
    members.add(reader);
  }

  void leave(StreamReader reader) {
    members.remove(reader);
    if (active == reader) {
      active = null;
    }
  }

  /** Whether the group waits for this one to settle what it has. */
  boolean waitsFor(StreamReader reader) {
    return active == reader && reader.isHalted();
  }

  /**
   * Lets the one read whose turn it is, as soon as nobody else has anything unsettled.
   *
   * @param start begins to read at the place that the group has come to, or goes on
   */
  void goOn(Consumer<StreamReader> start) {
    StreamReader due = due();
    StreamReader before = active;
    if (before != null && before == due) {
      if (before.isHalted()) {
        before.resume();
        start.accept(before);
      }
      return;
    }
    if (before != null) {
      before.halt();
      if (!before.consumer.unsettled.isEmpty()) {
        return;
      }
    }
    active = due;
    if (due != null) {
      due.takeTurn();
      start.accept(due);
    }
  }

  private @Nullable StreamReader due() {
    if (members.isEmpty()) {
      return null;
    }
    if (partition == NONE) {
      return active == null ? members.getFirst() : active;
    }
    return members.get(partition % members.size());
  }
}
