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
  /** Messages read and appended at a time, and bytes of their bodies unless one has more. */
  private static final int AT_ONCE = 64;

  private static final long BYTES_AT_ONCE = 4 << 20;

  private record Missing(long owner, long journalId, int bodyBytes) {}

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
  long add(long owner, long journalId, int bodyBytes) {
    all.add(new Missing(owner, journalId, bodyBytes));
    return nextOffsets.merge(owner, streams.nextOffset(owner), (next, _) -> next + 1);
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Appends them, and waits until that is safe. */
  void append(Journal journal) {
    for (int from = 0, end; from < all.size(); from = end) {
      end = endOfPart(from);
      List<Missing> some = all.subList(from, end);
      List<byte[]> messages =
          Leftovers.read(journal, some.stream().mapToLong(Missing::journalId).toArray());
      streams.appendFirst((storage, appender) -> append(storage, appender, some, messages));
    }
  }

  /** Behind the last message that is read together with one. */
  private int endOfPart(int from) {
    int end = from;
    long bytes = 0;
    do {
      bytes += all.get(end++).bodyBytes();
    } while (end < all.size()
        && end - from < AT_ONCE
        && bytes + all.get(end).bodyBytes() <= BYTES_AT_ONCE);
    return end;
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
