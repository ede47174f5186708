package io.serai.storage.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream. Appended to by one loop through its {@link StreamAppender}; read and asked by any
 * thread. What is not synced is not there yet for readers.
 */
public final class StreamLog {
  private final StreamStorage storage;
  final StreamFolder folder;

  /** The offset of the next message: the appending loop's. */
  long nextOffset;

  /** What was appended in this turn: the appending loop's. */
  @Nullable Appends noted;

  volatile StreamLimits limits = StreamLimits.KEEP_ALL;
  volatile StreamView view;
  volatile boolean isDeleted;

  /** The writer's: segments that are full, in order. Readers see them when the round is synced. */
  SegmentInfo[] sealed;

  /** The writer's: what is to be written in this round. */
  final List<Appends> gathered = new ArrayList<>();

  /** The writer's: has a folder. */
  boolean isMade;

  /** The writer's: its oldest segment could not be deleted. */
  boolean isStuck;

  /** The writer's: is written to in this round. */
  boolean isTouched;

  /**
   * A stream.
   *
   * @param isMade whether it has a folder
   */
  StreamLog(StreamStorage storage, StreamFolder folder, StreamView view, boolean isMade) {
    this.storage = storage;
    this.folder = folder;
    this.view = view;
    this.isMade = isMade;
    sealed = view.sealed();
    nextOffset = view.endOffset();
  }

  /** The stream's number. */
  public long stream() {
    return folder.stream();
  }

  /** The offset of the oldest message that is left, {@link #endOffset} if none is. */
  public long firstOffset() {
    return view.firstOffset();
  }

  /** Behind the last message that is synced. */
  public long endOffset() {
    return view.endOffset();
  }

  /** The offset that the next message gets. Asked on the loop that appends. */
  public long nextOffset() {
    return nextOffset;
  }

  /** The offset of the first message of the chunk written last. */
  public long lastChunkOffset() {
    return view.lastChunkOffset();
  }

  /** Bytes of its files. */
  public long diskBytes() {
    return view.diskBytes();
  }

  /** Files it has. */
  public int segments() {
    return view.segments();
  }

  /** Changes what is kept; counts from the next time that segments are looked at. */
  public void limits(StreamLimits changed) {
    limits = changed;
  }

  /**
   * Reads synced messages on a reader's thread.
   *
   * @param offset where to begin; the first that is left when that is later
   * @param maxBytes stops when it has so many; one message comes at least if there is any
   * @param filter null for all
   * @param to called on the reader's thread; not when the stream is deleted
   */
  public void read(
      long offset, int maxBytes, @Nullable StreamFilter filter, Consumer<StreamRead> to) {
    storage.read(this, reader -> reader.read(offset, maxBytes, filter), to);
  }

  /**
   * Finds the first message that is not older than a time, on a reader's thread.
   *
   * @param to told its offset, {@link #endOffset} when all are older
   */
  public void findTimestamp(long millis, LongConsumer to) {
    storage.read(this, reader -> reader.firstSince(millis), to::accept);
  }

  /** Deletes the stream with all that is in it. It must not be appended to afterwards. */
  public void delete() {
    isDeleted = true;
    storage.delete(this);
  }
}
