package io.serai.routing.queue;

import io.serai.model.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what all streams of a shard keep in memory for their readers, however many they are:
 * beyond their share each reader reads a little at a time and keeps it only while it has credit,
 * nothing that is on the disk waits at a stream's tail, and who has more than its part of what is
 * unsettled gets no more until it settles. Whoever has less reads on, whatever others have not
 * settled; where messages are large one such reader after the other. Confined to the shard's loop.
 */
final class ReadBudget {
  /**
   * Bytes of one read as long as there is room. A reader holds two of them and a message at most.
   */
  static final int READ_BYTES = 256 * 1024;

  /** Bytes of one read when there is not; one message comes at least. */
  static final int SMALL_READ_BYTES = 8 * 1024;

  /**
   * Reads under way at a time: nobody knows how large a message is before it is here, and what
   * comes may be as many of the largest.
   */
  private static final int MOST_READS = 4;

  /** Of what a shard may have in memory, as one in so many. */
  private static final int SHARE = 4;

  private long shareBytes = Long.MAX_VALUE;
  private long heldBytes;

  /** Reads under way. */
  private int reads;

  /** What the next one may bring beyond what is asked for: larger messages came lately. */
  private long expectedBytes;

  /** Has large messages though others have too much, until it has settled them; else null. */
  private @Nullable QueueConsumer beyond;

  /** Messages that readers have; one that several have counts once. */
  private final HandedOut handedOut = new HandedOut();

  /** Woken once readers have settled enough. */
  private final List<Runnable> heldBack = new ArrayList<>(0);

  /** From now on the shard has so much memory for messages that could be read again. */
  void share(long bytes) {
    shareBytes = bytes / SHARE;
    handedOut.share(shareBytes);
  }

  /** Whether readers hold as much as they may. */
  boolean isShort() {
    return heldBytes >= shareBytes;
  }

  /** How much to read at a time now. */
  int readBytes() {
    return isShort() ? SMALL_READ_BYTES : READ_BYTES;
  }

  /** A reader holds more; less when negative. */
  void add(long bytes) {
    heldBytes += bytes;
    if (bytes < 0) {
      goOn();
    }
  }

  /**
   * Whether a reader may begin one more read though what is here is too much: when it has less than
   * its part of that.
   *
   * @param likelyBytes how large messages of its stream are
   */
  boolean mayReadBeyond(QueueConsumer reader, long likelyBytes) {
    if (reads >= MOST_READS) {
      return false;
    }
    return likelyBytes > READ_BYTES
        ? reader.unsettledBytes == 0 && (beyond == null || beyond == reader)
        : reader.unsettledBytes == 0
            || reader.unsettledBytes + likelyBytes <= handedOut.partBytes();
  }

  /**
   * Whether one more read may begin: only while what is here is not too much, and beside others
   * only when there is room for what it may bring.
   */
  boolean mayRead() {
    long total = heldBytes + handedOut.bytes();
    return reads == 0
        ? total <= hardLimit()
        : reads < MOST_READS && total + expectedBytes <= hardLimit();
  }

  private long hardLimit() {
    long limit = handedOut.limit();
    return limit > Long.MAX_VALUE / 2 ? Long.MAX_VALUE / 2 : limit * 2;
  }

  /** A read begins, of so many bytes; answers what is counted for it until it ends. */
  long readBegins(int bytes) {
    return begun(Math.max(bytes, expectedBytes));
  }

  /** Likewise, though what is here is too much. */
  long readBeginsBeyond(QueueConsumer reader, int bytes, long likelyBytes) {
    if (likelyBytes > READ_BYTES) {
      beyond = reader;
    }
    return begun(Math.max(bytes, likelyBytes));
  }

  private long begun(long counted) {
    reads++;
    heldBytes += counted;
    return counted;
  }

  /**
   * A reader has looked at all that it has read: if it has nothing else it is the next one's turn.
   */
  void idle(QueueConsumer reader) {
    if (beyond == reader && reader.unsettledBytes == 0) {
      beyond = null;
      wakeAll();
    }
  }

  /** A read has ended, or nobody waits for it any more. */
  void readEnds(long counted, long bytes) {
    reads--;
    expectedBytes = bytes > 2 * READ_BYTES ? Math.max(bytes, expectedBytes) : expectedBytes / 2;
    heldBytes += bytes - counted;
    wakeAll(); // one of them may be next
  }

  private void goOn() {
    if (mayRead()) {
      wakeAll();
    }
  }

  private void wakeAll() {
    if (heldBack.isEmpty()) {
      return;
    }
    List<Runnable> all = List.copyOf(heldBack);
    heldBack.clear();
    all.forEach(Runnable::run);
  }

  long heldBytes() {
    return heldBytes;
  }

  // ---- unsettled

  /**
   * A reader has a message until it settles it.
   *
   * @param isFirst whether no other one has it
   */
  void handedOut(QueueConsumer reader, Message message, boolean isFirst) {
    int bytes = message.sizeBytes();
    handedOut.taken(isFirst ? bytes : 0, reader.unsettledBytes == 0);
    reader.unsettledBytes += bytes;
  }

  /**
   * A reader has settled a message, or is gone.
   *
   * @param isLast whether no other one has it
   */
  void settled(QueueConsumer reader, Message message, boolean isLast) {
    int bytes = message.sizeBytes();
    reader.unsettledBytes -= bytes;
    handedOut.settled(isLast ? bytes : 0, reader.unsettledBytes == 0);
    idle(reader);
    if (!heldBack.isEmpty() && (handedOut.isWithinLimit() || !isTooMuch(reader) || mayRead())) {
      wakeAll();
    }
  }

  /** Whether readers have too much that they have not settled, and this one more than its part. */
  boolean isTooMuch(QueueConsumer reader) {
    return handedOut.isTooMuch(reader.unsettledBytes);
  }

  /** A stream waits until that is not so for one of its readers. */
  void heldBack(Runnable goOn) {
    heldBack.add(goOn);
  }
}
