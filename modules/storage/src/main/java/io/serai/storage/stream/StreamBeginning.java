package io.serai.storage.stream;

import io.serai.storage.file.FileSystemSeam;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/** Lets a stream begin, or go on, at an offset that is not the next: what an import needs. */
public final class StreamBeginning {
  private StreamBeginning() {}

  /**
   * Makes a segment without messages, so that the next one appended has that offset. What is
   * between the end of the stream and it counts as lost with an operator's consent.
   *
   * @param folder of all streams; not open
   * @param endOffset behind the last message of the stream; what it is says nothing where the
   *     stream has no folder yet
   * @param offset not below {@code endOffset}
   */
  public static void at(FileSystemSeam files, Path folder, long stream, long endOffset, long offset)
      throws IOException {
    StreamFolder of = StreamFolder.of(files, folder, stream);
    of.make();
    if (!files.list(of.folder()).isEmpty()) {
      Path note = of.folder().resolve(SegmentInfo.damagedName(endOffset, true));
      files.create(note).close();
      files.syncFolder(of.folder());
    }
    of.create(offset, InstantSource.system().millis()).close();
  }
}
