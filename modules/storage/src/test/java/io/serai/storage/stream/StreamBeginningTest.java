package io.serai.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.storage.file.RealFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamBeginningTest {
  @TempDir Path folder;

  private void append(int count) throws IOException {
    try (Streams streams = new Streams(folder)) {
      StreamLog log = streams.log(7);
      for (int i = 0; i < count; i++) {
        streams.append(log, Sample.of(i, 20));
      }
      streams.sync();
    }
  }

  private List<Long> offsets() throws IOException {
    try (Streams streams = new Streams(folder)) {
      return Streams.read(streams.log(7)).stream().map(StreamEntry::offset).toList();
    }
  }

  @Test
  void aNewStreamBeginsWhereItIsTold() throws IOException {
    StreamBeginning.at(new RealFiles(), folder, 7, 0, 5);
    try (Streams streams = new Streams(folder)) {
      assertThat(streams.log(7).firstOffset()).isEqualTo(5);
      assertThat(streams.log(7).nextOffset()).isEqualTo(5);
    }
    append(2);
    assertThat(offsets()).containsExactly(5L, 6L);
  }

  @Test
  void aStreamGoesOnBehindAGapThatIsNoDamage() throws IOException {
    append(2);
    StreamBeginning.at(new RealFiles(), folder, 7, 2, 10);
    append(1);
    StreamBeginning.at(new RealFiles(), folder, 7, 11, 20);
    assertThat(offsets()).containsExactly(0L, 1L, 10L);
    append(1);
    assertThat(offsets()).containsExactly(0L, 1L, 10L, 20L);
    assertThat(StreamCheck.check(folder, new RealFiles()).damage()).isEmpty();
  }
}
