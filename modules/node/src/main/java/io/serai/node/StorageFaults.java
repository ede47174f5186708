package io.serai.node;

import io.serai.storage.fault.Faults;
import io.serai.storage.fault.FaultyFiles;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.JournalOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disk as the node sees it. For tests of the assembled node it can be made to fail by JVM
 * properties, which no configuration file can set; without them it is the real one.
 */
final class StorageFaults {
  /** What {@link Faults#parse} reads. The process is halted when it says that power fails. */
  private static final String FAULTS = "serai.test.storage-faults";

  /** Small segments, so that a test sees many. */
  private static final String SEGMENT_BYTES = "serai.test.segment-bytes";

  private static final int HALTED = 137; // as after kill -9

  private static final Logger log = LoggerFactory.getLogger(StorageFaults.class);

  private StorageFaults() {}

  static FileSystemSeam files() {
    String line = System.getProperty(FAULTS);
    if (line == null) {
      return new RealFiles();
    }
    log.atWarn().addKeyValue("faults", line).log("storage is made to fail");
    return new FaultyFiles(
        new RealFiles(), Faults.parse(line), () -> Runtime.getRuntime().halt(HALTED));
  }

  static JournalOptions options() {
    JournalOptions options = JournalOptions.defaults();
    Long bytes = Long.getLong(SEGMENT_BYTES);
    return bytes == null ? options : options.withSegmentBytes(bytes);
  }
}
