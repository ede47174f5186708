package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.storage.fault.Faults;
import io.serai.storage.fault.Faults.Operation;
import io.serai.storage.fault.FaultyFiles;
import io.serai.storage.file.RealFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much of a journal with little in it is read when it is opened. */
class ShortOpeningTest {
  /** Of which a scan reads 4 MiB at a time. */
  private static final long SEGMENT_BYTES = 64 << 20;

  /** Headers, the first blocks, one window of records. */
  private static final int FEW_READS = 10;

  @TempDir Path root;
  private Path stopped;
  private Path killed;

  @BeforeEach
  void writeLittle() throws Exception {
    stopped = root.resolve("stopped");
    killed = Files.createDirectory(root.resolve("killed"));
    try (Opening opening = new Opening(stopped, SEGMENT_BYTES)) {
      for (int i = 0; i < 10; i++) {
        Bytes message = Bytes.of(i, 100);
        opening.handle.append(1, i, message, message.attributes());
      }
      opening.sync();
      try (Stream<Path> files = Files.list(stopped)) {
        for (Path file : files.filter(it -> it.toString().endsWith(".journal")).toList()) {
          Files.copy(file, killed.resolve(file.getFileName()));
        }
      }
    }
  }

  private static Opened open(Path folder, int failingRead) throws Exception {
    FaultyFiles files =
        new FaultyFiles(new RealFiles(), new Faults(1).fail(Operation.READ, failingRead));
    JournalOptions options = JournalOptions.defaults().withSegmentBytes(SEGMENT_BYTES);
    return Journal.open(folder, options, files, _ -> {}, Workers.none());
  }

  private static void assertIsWhole(Opened opened) {
    assertThat(opened.recovered().references(1)).isEqualTo(10);
    assertThat(opened.report().cutBytes()).isZero();
    opened.journal().close();
  }

  @Test
  void afterAnOrderlyStopNothingIsReadBehindItsEnd() throws Exception {
    assertIsWhole(open(stopped, FEW_READS));
  }

  @Test
  void afterAKillAllOfItIs() throws Exception {
    assertThatThrownBy(() -> open(killed, FEW_READS)).hasMessageContaining("simulated");
    assertIsWhole(open(killed, 0));
  }
}
