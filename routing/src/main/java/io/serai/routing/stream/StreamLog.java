package io.serai.routing.stream;

import io.serai.model.Message;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one stream. Confined to the loop of the {@link StreamStore} it is of, callbacks
 * included; nothing here blocks it.
 */
public interface StreamLog {
  /** The offset of the oldest message that retention has left, {@link #nextOffset} if none has. */
  long firstOffset();

  /** The offset that the next message appended gets. */
  long nextOffset();

  /**
   * Everything below is as safe as the store makes it and can be read. Readers are given nothing
   * beyond it, so that no offset they have seen can ever be another message's.
   */
  long syncedOffset();

  /**
   * The offset of the first message of the last chunk, which is what was appended together last;
   * {@link #nextOffset} when there is no message.
   */
  long lastChunkOffset();

  /** Bytes stored. */
  long sizeBytes();

  /**
   * Adds a message; it goes to the disk with what else the turn appends. Its offset is given out at
   * once and lost again only with a node that had not synced it.
   *
   * @param timestampMillis now
   * @param filterValue at most 255 bytes
   * @return its offset
   */
  long append(Message message, long timestampMillis, @Nullable String filterValue);

  /**
   * Reads messages below {@link #syncedOffset} off the loop.
   *
   * @param fromOffset where to begin; below {@link #firstOffset} it is that
   * @param maxBytes stops after the message with which it has read as many, so one comes at least
   * @param filter what does not pass need not be given: whole chunks are skipped, single messages
   *     may come nevertheless
   * @param to called once on the loop, later; never when the stream has been deleted by then
   */
  void read(long fromOffset, int maxBytes, StreamFilter filter, Consumer<StreamBatch> to);

  /**
   * Finds the first message whose time is that or later.
   *
   * @param to called once on the loop with its offset, {@link #nextOffset} when all are older;
   *     never when the stream has been deleted by then
   */
  void findTimestamp(long millis, LongConsumer to);

  /** Changes what is kept; counts from the next time that segments are looked at. */
  void configure(StreamSettings settings);

  /** Deletes everything, and forgets it. The log must not be used afterwards. */
  void delete();
}
