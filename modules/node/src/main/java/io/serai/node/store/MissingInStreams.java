package io.serai.node.store;

import io.netty.buffer.Unpooled;
import io.serai.model.StoredMessages;
import io.serai.routing.stream.StreamEntry;
import io.serai.storage.journal.Journal;
import io.serai.storage.stream.StreamAppender;
import io.serai.storage.stream.StreamStorage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages that the journal has and that streams were to get when the node ended. Each is given its
 * offset first; once that is noted, the streams get them. Used before anything else is appended.
 */
final class MissingInStreams {
  /** Messages read and appended at a time. */
  private static final int AT_ONCE = 64;

  private record Missing(long owner, long journalId) {}

  private final DiskStreams streams;
  private final Map<Long, Long> nextOffsets = new HashMap<>();
  private final List<Missing> all = new ArrayList<>();

  MissingInStreams(DiskStreams streams) {
    this.streams = streams;
  }

  /** Whether a stream has a message at an offset: the one that was meant for it. */
  boolean has(long owner, long offset) {
    return offset < streams.nextOffset(owner);
  }

  /** A stream misses a message; answers the offset that it gets. */
  long add(long owner, long journalId) {
    all.add(new Missing(owner, journalId));
    return nextOffsets.merge(owner, streams.nextOffset(owner), (next, _) -> next + 1);
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Appends them, and waits until that is safe. */
  void append(Journal journal) {
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      List<Missing> some = all.subList(from, Math.min(all.size(), from + AT_ONCE));
      List<byte[]> messages =
          Leftovers.read(journal, some.stream().mapToLong(Missing::journalId).toArray());
      streams.appendFirst((storage, appender) -> append(storage, appender, some, messages));
    }
  }

  private static void append(
      StreamStorage storage, StreamAppender appender, List<Missing> some, List<byte[]> messages) {
    long nowMillis = System.currentTimeMillis();
    for (int i = 0; i < some.size(); i++) {
      byte[] message = messages.get(i);
      appender.append(
          storage.log(some.get(i).owner()),
          new StoredBytes(message),
          nowMillis,
          filterValue(message));
    }
  }

  /** What readers select by; null as well where no installed module reads the message. */
  private static @Nullable String filterValue(byte[] stored) {
    try {
      return StreamEntry.filterValueOf(new StoredMessages().read(Unpooled.wrappedBuffer(stored)));
    } catch (RuntimeException _) {
      return null; // its readers are told when they come to it
    }
  }
}
