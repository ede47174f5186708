package io.serai.routing.queue;

import io.serai.bus.Delivery;
import io.serai.bus.StreamRead;
import io.serai.model.Message;
import io.serai.routing.selector.Selector;
import io.serai.routing.stream.StreamBatch;
import io.serai.routing.stream.StreamEntry;
import io.serai.routing.stream.StreamFilter;
import io.serai.routing.stream.StreamLog;
import org.jspecify.annotations.Nullable;

/**
 * One reader's place in a stream. At the tail it is shown what is in memory; further back it reads
 * the disk ahead of what it is shown, one batch while it looks through another, and only while it
 * has credit.
 */
final class StreamReader {
  final QueueConsumer consumer;

  /** Its place has to be written down. Written by {@link NamedReaders}. */
  boolean hasMoved;

  private final StreamLog log;
  private final StreamTail tail;
  private final MemoryAccount memory;
  private final ReadBudget budget;
  private final Runnable onRead;
  private final StreamFilter filter;
  private final Selector selector;

  /** The next offset to look at; -1 until it is known. */
  private long position = -1;

  /** What it looks through, from {@link #inBatch} on; null at the tail. */
  private @Nullable StreamBatch batch;

  private int inBatch;

  /** What follows the batch. */
  private @Nullable StreamBatch ahead;

  private boolean isReading;

  /** What the budget counts: the batch, what follows it, and what was asked for. */
  private long batchBytes;

  private long aheadBytes;
  private long askedBytes;

  /** Of a message of the last read. */
  private long meanBytes;

  /** Another one of its name reads. */
  private boolean isHalted;

  /** Its name was forgotten: where it has come to is nobody's place. */
  private boolean isNameless;

  /** The first offset that was given back undone; nobody of its name goes on behind that. */
  private long firstReturned = Long.MAX_VALUE;

  /** What the last {@link #look} ended with. */
  private @Nullable Message found;

  private long foundOffset;

  /** Counts halts and the end: what was asked for before is of no use any more. */
  private int generation;

  /**
   * @param onRead something was read: it may get on
   */
  StreamReader(
      QueueConsumer consumer,
      StreamLog log,
      StreamTail tail,
      MemoryAccount memory,
      ReadBudget budget,
      StreamFilter filter,
      Selector selector,
      Runnable onRead) {
    this.consumer = consumer;
    this.log = log;
    this.tail = tail;
    this.memory = memory;
    this.budget = budget;
    this.filter = filter;
    this.selector = selector;
    this.onRead = onRead;
  }

  /** How it was asked for. */
  StreamRead asked() {
    return consumer.options().stream();
  }

  /** It does not read any more, for now or for good, and lets go of what it has in memory. */
  void halt() {
    if (!isHalted) {
      isHalted = true;
      end();
    }
  }

  /** It may read on where it was. */
  void resume() {
    isHalted = false;
  }

  /** It may read, once it is told where to begin. */
  void takeTurn() {
    isHalted = false;
    firstReturned = Long.MAX_VALUE;
    position = -1;
  }

  boolean isHalted() {
    return isHalted;
  }

  /** What it still settles does not count for its name any more. */
  void loseName() {
    isNameless = true;
  }

  boolean hasName() {
    return asked().isNamed() && !isNameless;
  }

  /** A delivery was given back: it is for the next reader of the name. */
  void returned(long offset) {
    firstReturned = Math.min(firstReturned, offset);
  }

  /** Where a reader would have to begin to get what this one has not done or not been shown. */
  long resumesAt() {
    Delivery first =
        consumer.unsettled.isEmpty()
            ? null
            : consumer.unsettled.get(consumer.unsettled.firstNumber());
    return Math.min(firstReturned, first == null ? position : first.sequence());
  }

  /** It begins at an offset. */
  void beginAt(long offset) {
    position = Math.max(offset, log.firstOffset());
  }

  /** Whether it has found its place. */
  boolean hasBegun() {
    return position >= 0;
  }

  /**
   * The first offset that it still wants from memory; {@link Long#MAX_VALUE} when it wants none.
   */
  long wantsFrom() {
    return position >= tail.first() && !isHalted ? position : Long.MAX_VALUE;
  }

  /** Whether everything there is was shown or passed over. */
  boolean isAtEnd() {
    return hasBegun() && position >= log.syncedOffset();
  }

  /** Whether it gets no more until it, or others, have settled some of what they have. */
  boolean isHeldBack() {
    return budget.isTooMuch(consumer);
  }

  /** Whether it has to read the log, and too much is being read or held already. */
  boolean waitsToRead() {
    return batch == null && ahead == null && !isReading && position < tail.first() && !mayRead();
  }

  private boolean mayRead() {
    return budget.mayRead() || budget.mayReadBeyond(consumer, likelyBytes());
  }

  /**
   * How large a message is that is read next, by those before it and by all of the stream, whose
   * size takes a look at each of its segments.
   */
  private long likelyBytes() {
    long messages = log.syncedOffset() - log.firstOffset();
    return Math.max(meanBytes, messages <= 0 ? 0 : log.sizeBytes() / messages);
  }

  /** Whether {@link #look} would get on now. */
  boolean canLook() {
    return hasBegun()
        && !isHalted
        && !isAtEnd()
        && !isHeldBack()
        && !waitsToRead()
        && (batch != null || ahead != null || position >= tail.first() || !isReading);
  }

  /**
   * Looks at messages until one is to be shown, or asks for more of them.
   *
   * @param most messages to look at
   * @return how many it looked at, {@code found} then says whether the last is to be shown
   */
  int look(int most) {
    found = null;
    int looked = 0;
    while (looked < most && found == null && !isAtEnd()) {
      if (batch == null && ahead == null && position < tail.first()) {
        read(position);
        return looked;
      }
      if (batch == null && ahead != null) {
        open(ahead);
      } else if (batch == null) {
        consider(tail.at(position));
        position++;
        looked++;
      } else {
        looked += fromBatch(batch);
      }
    }
    if (found == null && batch == null && ahead == null) {
      budget.idle(consumer);
    }
    return looked;
  }

  /** What {@link #look} ended with, or null. */
  @Nullable Message found() {
    return found;
  }

  /** Its offset. */
  long foundOffset() {
    return foundOffset;
  }

  private void consider(StreamItem item) {
    StreamEntry entry = item.entry();
    if (filter.lets(entry.filterValue()) && selector.matches(entry.message())) {
      found = item.shown();
      foundOffset = entry.offset();
    }
  }

  // ---- reading ahead

  private void open(StreamBatch next) {
    batch = next;
    batchBytes = aheadBytes;
    inBatch = 0;
    ahead = null;
    aheadBytes = 0;
    closeIfDone(next);
    if (next.nextOffset() < tail.first()
        && consumer.credit > 0
        && !budget.isShort()
        && budget.mayRead()) { // ahead of need: only where there is room
      read(next.nextOffset());
    }
  }

  private int fromBatch(StreamBatch from) {
    StreamEntry entry = from.entries().get(inBatch++);
    if (entry.offset() >= position) {
      consider(new StreamItem(entry));
      position = entry.offset() + 1;
    }
    memory.drop(entry.message());
    closeIfDone(from);
    return 1;
  }

  /** At once, so that a reader that waits at the tail keeps nothing. */
  private void closeIfDone(StreamBatch from) {
    if (inBatch == from.entries().size()) {
      position = Math.max(position, from.nextOffset());
      batch = null;
      budget.add(-batchBytes);
      batchBytes = 0;
    }
  }

  private void read(long from) {
    if (!isReading && ahead == null && mayRead()) {
      isReading = true;
      int bytes = budget.readBytes();
      askedBytes =
          budget.mayRead()
              ? budget.readBegins(bytes)
              : budget.readBeginsBeyond(consumer, bytes, likelyBytes());
      int asked = generation;
      log.read(from, bytes, filter, found -> onBatch(found, asked));
    }
  }

  private void onBatch(StreamBatch read, int asked) {
    if (asked != generation) {
      return;
    }
    isReading = false;
    for (StreamEntry entry : read.entries()) {
      memory.take(entry.message(), 1);
      aheadBytes += entry.message().sizeBytes();
    }
    ahead = read;
    meanBytes = aheadBytes / Math.max(1, read.entries().size());
    budget.readEnds(askedBytes, aheadBytes);
    askedBytes = 0;
    if (consumer.credit == 0) {
      pause();
    }
    onRead.run();
  }

  /** It can be shown no more for now: where memory is short it lets go of what it has read. */
  void pause() {
    if (budget.isShort() || !budget.mayRead()) {
      end();
    }
  }

  /** Nobody reads any more: lets go of what it has in memory. */
  void end() {
    generation++;
    if (isReading) {
      isReading = false;
      budget.readEnds(askedBytes, 0);
      askedBytes = 0;
    }
    StreamBatch left = batch;
    for (int i = inBatch; left != null && i < left.entries().size(); i++) {
      memory.drop(left.entries().get(i).message());
    }
    StreamBatch unopened = ahead;
    if (unopened != null) {
      unopened.entries().forEach(entry -> memory.drop(entry.message()));
    }
    batch = null;
    ahead = null;
    budget.add(-batchBytes - aheadBytes);
    batchBytes = 0;
    aheadBytes = 0;
    budget.idle(consumer);
  }
}
