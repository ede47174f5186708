package io.serai.storage.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a scan of a segment found: the footer as it would be.
 *
 * @param end where the records of payloads and operations end
 * @param scannedEnd where the first thing is that is no right record
 * @param hasFooter whether a footer begins at the end, so that nothing is missing before
 * @param isClosed whether the last record says that the process stopped in order, so that nothing
 *     was ever written behind it
 */
record SegmentRecords(
    SegmentFooter footer, long end, long scannedEnd, boolean hasFooter, boolean isClosed) {

  /** Reads all of a segment. */
  static SegmentRecords read(SegmentScan scan) throws IOException {
    Collector collector = new Collector(scan.toString());
    long end = scan.forEach(collector);
    boolean hasFooter = collector.footerAt > 0;
    return new SegmentRecords(
        collector.footer,
        hasFooter ? collector.footerAt : end,
        end,
        hasFooter,
        collector.lastType == RecordFormat.CLOSED);
  }

  private static final class Collector implements SegmentScan.RecordVisitor {
    private final SegmentFooter footer = new SegmentFooter();
    private final ByteSink unit = new ByteSink(1024);
    private final String file;
    private long footerAt;
    private int lastType;

    Collector(String file) {
      this.file = file;
    }

    @Override
    public void record(long offset, int type, int version, int flags, ByteBuffer content)
        throws IOException {
      if (version != RecordFormat.VERSION) {
        throw newer(offset, type, version);
      }
      lastType = type;
      switch (type) {
        case RecordFormat.PAYLOAD -> payload(offset, content);
        case RecordFormat.OPS -> {
          byte[] piece = new byte[content.remaining()];
          content.get(piece);
          unit.bytes(piece, 0, piece.length);
          if ((flags & RecordFormat.MORE) == 0) {
            footer.unit(unit.array(), unit.size());
            unit.clear();
          }
        }
        case RecordFormat.FOOTER -> footerAt = footerAt == 0 ? offset : footerAt;
        case RecordFormat.TRAILER, RecordFormat.CLOSED -> {}
        default -> throw newer(offset, type, version);
      }
    }

    private void payload(long offset, ByteBuffer content) {
      long id = content.getLong();
      int size = content.getInt();
      if (content.getInt() == 0) {
        footer.payload(id, offset, size);
      }
    }

    private JournalRefused newer(long offset, int type, int version) {
      return new JournalRefused(
          "%s has a record of type %d version %d at byte %d that this Serai does not know: a newer one wrote it. Start the newer version, or choose another folder with --data DIR."
              .formatted(file, type, version, offset));
    }
  }
}
