package io.serai.storage.journal;

import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads payloads back from segments, on reader threads. */
final class PayloadReader {
  private static final int WINDOW_BYTES = RecordFormat.MAX_RECORD_BYTES;

  /** Read at once where nothing says how long a payload is. */
  private static final int GUESS_BYTES = 8 << 10;

  /** Read along where another wanted payload is this near. */
  private static final int NEAR_BYTES = 256 << 10;

  private static final ThreadLocal<PayloadReader> OF_THREAD =
      ThreadLocal.withInitial(PayloadReader::new);

  /** A payload that is wanted; the segment is pinned. */
  static final class Wanted {
    final int index;
    final long id;
    final Segment segment;
    final long offset;

    /** Whether others may want it, too, soon: then it is read where the system may keep it. */
    boolean isShared;

    byte @Nullable [] content;

    Wanted(int index, long id, Segment segment, long offset, boolean isShared) {
      this.index = index;
      this.id = id;
      this.segment = segment;
      this.offset = offset;
      this.isShared = isShared;
    }

    SeamFile file() throws IOException {
      return isShared ? segment.file.shared() : segment.file;
    }
  }

  private final ByteBuffer window = SeamFile.blocks(WINDOW_BYTES + 2 * SeamFile.BLOCK_BYTES);
  private final CRC32C crc = new CRC32C();
  private @Nullable Segment windowSegment;
  private long windowStart;

  private PayloadReader() {}

  /**
   * Fills in the contents, in order of place.
   *
   * @param wanted sorted by segment and offset
   * @return the first damage found, null for none; what is damaged has no content
   */
  static @Nullable Damage read(Wanted[] wanted) throws IOException {
    return OF_THREAD.get().readAll(wanted);
  }

  private @Nullable Damage readAll(Wanted[] wanted) throws IOException {
    windowSegment = null;
    Damage damage = null;
    int span = 0;
    for (int i = 0; i < wanted.length; i++) {
      Wanted one = wanted[i];
      if (span <= i) {
        span = i + 1;
        while (span < wanted.length
            && wanted[span].segment == one.segment
            && wanted[span].offset - one.offset < NEAR_BYTES) {
          span++;
        }
      }
      long hint = wanted[span - 1].offset - one.offset + GUESS_BYTES;
      one.content = content(one, (int) Math.min(hint, WINDOW_BYTES));
      if (one.content == null && one.isShared) {
        // What a system keeps of a file that is written past it need not be up to date everywhere.
        one.isShared = false;
        windowSegment = null;
        one.content = content(one, (int) Math.min(hint, WINDOW_BYTES));
      }
      if (one.content == null && damage == null) {
        damage =
            new Damage(one.segment.path, one.offset, "payload " + one.id + " fails its checksum");
      }
    }
    windowSegment = null;
    return damage;
  }

  private byte @Nullable [] content(Wanted one, int hint) throws IOException {
    byte @Nullable [] content = null;
    long offset = one.offset;
    int done = 0;
    do {
      int bytes = record(one, offset, hint);
      if (bytes == 0) {
        return null;
      }
      int at = (int) (offset - windowStart);
      int from = at + RecordFormat.HEADER_BYTES;
      int length = window.getInt(at + 4) - RecordFormat.PAYLOAD_PREFIX_BYTES;
      if (window.get(at + 8) != RecordFormat.PAYLOAD
          || length < 0
          || window.getLong(from) != one.id
          || window.getInt(from + 12) != done) {
        return null;
      }
      int total = window.getInt(from + 8);
      if (content == null) {
        content = new byte[total];
      }
      if (length > content.length - done) {
        return null;
      }
      window.get(from + RecordFormat.PAYLOAD_PREFIX_BYTES, content, done, length);
      done += length;
      offset += bytes;
    } while (done < content.length);
    return content;
  }

  /** Makes one whole record available in the window; returns its bytes, 0 when it is not right. */
  private int record(Wanted one, long offset, int hint) throws IOException {
    int tag = RecordFormat.tag(one.segment.number, offset);
    load(one, offset, RecordFormat.HEADER_BYTES, hint);
    int at = (int) (offset - windowStart);
    if (window.limit() - at < RecordFormat.HEADER_BYTES) {
      return 0;
    }
    int length = window.getInt(at + 4);
    if (length < 0 || length > RecordFormat.MAX_CONTENT_BYTES) {
      return 0;
    }
    int bytes = RecordFormat.recordBytes(length);
    load(one, offset, bytes, Math.max(hint, bytes));
    return RecordFormat.verify(window, (int) (offset - windowStart), tag, crc);
  }

  private void load(Wanted one, long offset, int needed, int hint) throws IOException {
    if (one.segment == windowSegment
        && offset >= windowStart
        && offset + needed <= windowStart + window.limit()) {
      return;
    }
    int before = (int) (offset % SeamFile.BLOCK_BYTES);
    int wanted = Math.max(needed, Math.min(hint, WINDOW_BYTES));
    window.clear().limit(SeamFile.wholeBlocks(before + wanted));
    one.file().readFully(window, offset - before);
    window.flip();
    windowSegment = one.segment;
    windowStart = offset - before;
  }
}
