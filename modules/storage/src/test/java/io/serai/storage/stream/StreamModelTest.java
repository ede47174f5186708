package io.serai.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is asked of a stream, a plain list gives the same answer. */
class StreamModelTest {
  @TempDir Path folder;
  private final List<Sample> model = new ArrayList<>();
  private final Random random = new Random(42);

  @Test
  void readsFiltersAndTimesAgreeWithAPlainList() throws Exception {
    long first = 0;
    for (int restart = 0; restart < 6; restart++) {
      try (Streams streams = new Streams(folder)) {
        StreamLog log = streams.log(7);
        assertThat(log.nextOffset()).isEqualTo(model.size());
        log.limits(
            new StreamLimits(
                StreamLimits.NONE,
                restart < 3 ? StreamLimits.NONE : 400_000,
                1 << (12 + 2 * (restart % 3))));
        for (int round = 0; round < 150; round++) {
          append(streams, log);
          first = Math.max(first, log.firstOffset());
          for (int i = 0; i < 3; i++) {
            ask(log);
          }
        }
      }
    }
    assertThat(model).hasSizeGreaterThan(10_000);
    assertThat(first).isPositive();
  }

  private void append(Streams streams, StreamLog log) {
    int count = 1 + random.nextInt(random.nextInt(8) == 0 ? 400 : 10);
    for (int i = 0; i < count; i++) {
      int values = random.nextInt(40) == 0 ? 2000 : 12;
      String value = random.nextInt(3) == 0 ? null : "v" + random.nextInt(values);
      // The clock goes on most of the time, and far back or ahead at times.
      long jump = random.nextInt(300) == 0 ? random.nextInt(200_000) - 100_000 : 0;
      long time = 1_000_000 + 10L * model.size() + jump;
      Sample sample = Sample.of(model.size(), random.nextInt(120), time, value);
      assertThat(streams.append(log, sample)).isEqualTo(model.size());
      model.add(sample);
    }
    streams.sync();
  }

  private void ask(StreamLog log) {
    int first = (int) log.firstOffset();
    long from = random.nextInt(model.size() + 2);
    switch (random.nextInt(3)) {
      case 0 -> {
        long next = Math.max(from, first);
        log.read(
            from,
            1 + random.nextInt(20_000),
            null,
            read -> {
              for (int i = 0; i < read.entries().size(); i++) {
                StreamEntry entry = read.entries().get(i);
                assertThat(entry.offset()).isEqualTo(next + i);
                assertThat(Sample.of(entry)).isEqualTo(model.get((int) entry.offset()));
              }
              assertThat(read.nextOffset()).isEqualTo(next + read.entries().size());
              assertThat(read.endOffset()).isEqualTo(model.size());
              assertThat(read.entries().isEmpty()).isEqualTo(next >= model.size());
            });
      }
      case 1 -> {
        Set<String> values = new TreeSet<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
          values.add("v" + random.nextInt(2000));
        }
        boolean unfiltered = random.nextInt(4) == 0;
        List<Long> expected = new ArrayList<>();
        for (int i = (int) Math.max(from, first); i < model.size(); i++) {
          String value = model.get(i).filterValue();
          if (value == null ? unfiltered : values.contains(value)) {
            expected.add((long) i);
          }
        }
        assertThat(Streams.read(log, from, 5000, StreamFilter.of(values, unfiltered)))
            .extracting(StreamEntry::offset)
            .isEqualTo(expected);
      }
      default -> {
        long time = 1_000_000 + random.nextInt(10 * model.size() + 100_000) - 50_000;
        long expected = first;
        while (expected < model.size() && model.get((int) expected).timestamp() < time) {
          expected++;
        }
        assertThat(Streams.since(log, time)).isEqualTo(expected);
      }
    }
  }
}
