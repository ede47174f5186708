package io.serai.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chunk's filter never denies what is there, and seldom claims what is not. */
class ChunkFilterTest {
  @TempDir Path folder;

  @Test
  void noValueThatIsThereIsDenied() {
    for (int values : new int[] {1, 2, 5, 10, 50, 200, 1000, 5000}) {
      ChunkFilter filter = filter(values);
      for (int i = 0; i < values; i++) {
        assertThat(filter.mayHave(hash(i))).as("%d of %d", i, values).isTrue();
      }
    }
  }

  @Test
  void valuesThatAreNotThereAreMostlyDenied() {
    for (int values : new int[] {1, 2, 5, 10, 50, 120}) {
      ChunkFilter filter = filter(values);
      int wrong = 0;
      for (int i = 0; i < 10_000; i++) {
        wrong += filter.mayHave(hash(1_000_000 + i)) ? 1 : 0;
      }
      assertThat(wrong).as("of 10,000 with %d values", values).isLessThan(400);
    }
  }

  @Test
  void fewValuesTakeFewBytes() {
    assertThat(filter(0).bytes()).isZero();
    assertThat(filter(1).bytes()).isEqualTo(8);
    assertThat(filter(4).bytes()).isEqualTo(8);
    assertThat(filter(100).bytes()).isEqualTo(128);
    assertThat(filter(5000).bytes()).isEqualTo(256);
  }

  @Test
  void aReaderWithAFilterDoesNotReadChunksWithoutItsValues() throws Exception {
    try (Streams streams = new Streams(folder)) {
      StreamLog log = streams.log(7);
      for (int i = 0; i < 100; i++) {
        for (int one = 0; one < 10; one++) {
          streams.append(log, Sample.of(10 * i + one, 100, 5, i % 20 == 3 ? "rare" : "common"));
        }
        streams.sync();
      }
      StreamFilter filter = StreamFilter.of(Set.of("rare"), false);
      assertThat(Streams.read(log, 0, 1 << 20, filter))
          .hasSize(50)
          .allMatch(entry -> "rare".equals(entry.filterValue()));
      damageContentOf(log, 0);
      assertThat(Streams.read(log, 0, 1 << 20, filter)).hasSize(50);
      assertThat(streams.damages).as("nobody has looked into it").isEmpty();
      Streams.read(log);
      assertThat(streams.damages).as("now somebody has").isNotEmpty();
    }
  }

  private static void damageContentOf(StreamLog log, long firstOffset) throws Exception {
    Path file = log.folder.segment(firstOffset);
    byte[] bytes = Files.readAllBytes(file);
    bytes[StreamFormat.SEGMENT_HEADER_BYTES + StreamFormat.CHUNK_HEADER_BYTES + 200] ^= 1;
    Files.write(file, bytes);
  }

  private static ChunkFilter filter(int values) {
    ChunkFilter.Builder builder = new ChunkFilter.Builder();
    for (int i = 0; i < values; i++) {
      builder.add(hash(i));
    }
    return new ChunkFilter(builder.bits(), false);
  }

  private static long hash(int value) {
    return ChunkFilter.hash(("customer-" + value).getBytes(StandardCharsets.UTF_8));
  }
}
