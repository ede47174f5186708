package io.serai.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Old segments go as a whole, and readers hear of it. */
class StreamRetentionTest {
  private static final long SEGMENT = StreamLimits.MIN_SEGMENT_BYTES;

  @TempDir Path folder;

  @Test
  void theOldestSegmentsGoWhileAllOfThemAreTooLarge() throws Exception {
    try (Streams streams = new Streams(folder)) {
      StreamLog log = streams.log(7);
      log.limits(new StreamLimits(StreamLimits.NONE, 3 * SEGMENT, SEGMENT));
      long highestFirst = 0;
      for (int i = 0; i < 1000; i++) {
        streams.append(log, Sample.of(i, 200));
        streams.sync();
        assertThat(log.diskBytes()).isLessThan(4 * SEGMENT + 1000);
        assertThat(log.firstOffset()).isGreaterThanOrEqualTo(highestFirst);
        highestFirst = log.firstOffset();
        assertThat(Streams.read(log)).hasSize((int) (log.endOffset() - log.firstOffset()));
      }
      assertThat(log.endOffset()).isEqualTo(1000);
      assertThat(log.firstOffset()).isGreaterThan(900);
      assertThat(files()).isEqualTo(log.segments());
    }
    try (Streams streams = new Streams(folder)) {
      assertThat(streams.log(7).firstOffset()).isGreaterThan(900);
      assertThat(streams.log(7).nextOffset()).isEqualTo(1000);
    }
  }

  @Test
  void aReaderBehindGoesOnAtTheFirstThatIsLeft() throws Exception {
    try (Streams streams = new Streams(folder)) {
      StreamLog log = StreamStorageTest.fill(streams, 7, 300);
      log.limits(new StreamLimits(StreamLimits.NONE, 2 * SEGMENT, SEGMENT));
      streams.nowMillis += 20_000;
      streams.sync();
      long first = log.firstOffset();
      assertThat(first).isGreaterThan(50);
      log.read(
          10,
          1,
          null,
          read -> {
            assertThat(read.firstOffset()).isEqualTo(first);
            assertThat(read.entries().getFirst().offset()).isEqualTo(first);
            assertThat(Sample.of(read.entries().getFirst())).isEqualTo(Sample.of(first, 100));
          });
    }
  }

  @Test
  void segmentsGoWhenTheirNewestMessageIsTooOldButNeverTheOneBeingWritten() throws Exception {
    try (Streams streams = new Streams(folder)) {
      StreamLog log = streams.log(7);
      log.limits(new StreamLimits(60_000, StreamLimits.NONE, SEGMENT));
      for (int i = 0; i < 200; i++) {
        streams.nowMillis += 1000;
        streams.append(log, Sample.of(i, 200, streams.nowMillis, null));
        streams.sync();
      }
      long oldest = Streams.read(log).getFirst().timestampMillis();
      assertThat(streams.nowMillis - oldest).isBetween(60_000L, 120_000L);
      streams.nowMillis += 3_600_000;
      streams.sync();
      assertThat(log.segments()).isEqualTo(1);
      assertThat(files()).isEqualTo(1);
      assertThat(Streams.read(log)).isNotEmpty();
      assertThat(log.endOffset()).isEqualTo(200);
    }
  }

  @Test
  void manySegmentsGoAFewAtATime() throws Exception {
    try (Streams streams = new Streams(folder)) {
      StreamLog log = StreamStorageTest.fill(streams, 7, 1000);
      int before = log.segments();
      assertThat(before).isGreaterThan(12);
      log.limits(new StreamLimits(StreamLimits.NONE, 0, SEGMENT));
      streams.nowMillis += 20_000;
      assertThat(streams.storage.step()).isTrue();
      assertThat(log.segments()).isBetween(before - 6, before - 1);
      streams.sync();
      assertThat(log.segments()).isEqualTo(1);
    }
  }

  @Test
  void oneStreamPinsNothingOfAnother() throws Exception {
    try (Streams streams = new Streams(folder)) {
      StreamStorageTest.fill(streams, 8, 300);
      StreamLog log = StreamStorageTest.fill(streams, 7, 300);
      log.limits(new StreamLimits(StreamLimits.NONE, 0, SEGMENT));
      streams.nowMillis += 20_000;
      streams.sync();
      assertThat(log.segments()).isEqualTo(1);
      assertThat(Streams.read(streams.log(8))).hasSize(300);
    }
  }

  private int files() throws Exception {
    try (var files = Files.list(folder.resolve("00000000000000000007"))) {
      List<Path> all = files.toList();
      assertThat(all).allMatch(file -> file.toString().endsWith(".stream"));
      return all.size();
    }
  }
}
