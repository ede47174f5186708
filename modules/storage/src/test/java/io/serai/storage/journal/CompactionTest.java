package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.storage.fault.Faults;
import io.serai.storage.file.RealFiles;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionTest {
  private static final JournalOptions OPTIONS =
      new JournalOptions(64 << 10, 1, 0.5, Long.MAX_VALUE, 10, false);

  @TempDir Path folder;

  /** The slow queue gets every 50th message and settles none. */
  @Test
  void oneSlowQueueBesideAFastOnePinsLittle() throws Exception {
    long live = 0;
    try (Opening opening = new Opening(folder, OPTIONS, new RealFiles())) {
      for (int i = 0; i < 20_000; i++) {
        Bytes message = Bytes.of(i, 500);
        opening.handle.append(1, i, message, message.attributes());
        if (i % 50 == 0) {
          opening.handle.append(2, i, message, message.attributes());
          live += 500;
        }
        if (i >= 100) {
          opening.handle.settle(1, i - 100);
        }
        if (i % 100 == 0) {
          opening.sync();
        }
      }
      opening.sync();
      long most = 3 * live;
      assertThat(opening.awaitStats(now -> now.diskBytes() < most).diskBytes()).isGreaterThan(live);
    }
    try (Opening opening = new Opening(folder, OPTIONS, new RealFiles())) {
      TreeMap<Long, byte[]> slow = opening.messages(2);
      assertThat(slow).hasSize(400);
      slow.forEach(
          (sequence, content) -> assertThat(content).isEqualTo(Bytes.of(sequence, 500).content));
      assertThat(opening.recovered.references(1)).isEqualTo(100);
    }
  }

  @Test
  void readingGoesOnWhilePayloadsMove() throws Exception {
    try (Opening opening = new Opening(folder, OPTIONS, new RealFiles())) {
      Bytes[] kept = new Bytes[50];
      for (int i = 0; i < 5000; i++) {
        Bytes message = Bytes.of(i, 500);
        boolean stays = i % 100 == 0;
        if (stays) {
          kept[i / 100] = message;
        }
        opening.handle.append(stays ? 2 : 1, i, message, message.attributes());
        if (!stays) {
          opening.handle.flush();
          opening.handle.settle(1, i);
        }
        if (i % 50 == 0) {
          opening.sync();
          int count = i / 100 + 1;
          long[] ids = new long[count];
          for (int k = 0; k < count; k++) {
            ids[k] = kept[k].journalId();
          }
          byte[][] found = opening.read(ids);
          for (int k = 0; k < count; k++) {
            assertThat(found[k]).isEqualTo(kept[k].content);
          }
        }
      }
    }
  }

  /** The first segment stays, mostly live; what killed the rest of it is in one that is dead. */
  @Test
  void aSettleOutlivesTheSegmentItIsIn() throws Exception {
    try (Opening opening = new Opening(folder, OPTIONS, new RealFiles())) {
      for (int i = 0; i < 90; i++) {
        Bytes message = Bytes.of(i, 500);
        opening.handle.append(i % 4 == 0 ? 1 : 2, i, message, message.attributes());
      }
      opening.handle.put((byte) 1, new byte[] {1}, new byte[] {1});
      opening.sync();
      for (int i = 90; i < 1000; i++) {
        Bytes message = Bytes.of(i, 500);
        opening.handle.append(3, i, message, message.attributes());
        opening.sync();
        opening.handle.settle(3, i);
        if (i - 90 < 90 && (i - 90) % 4 == 0) {
          opening.handle.settle(1, i - 90);
        }
        if (i == 100) {
          opening.handle.remove((byte) 1, new byte[] {1});
        }
      }
      opening.sync();
      JournalStats stats = opening.awaitStats(now -> now.segments().size() < 5);
      assertThat(stats.segments().getFirst().file()).isEqualTo(Segment.fileName(1));
    }
    for (int times = 0; times < 2; times++) {
      try (Opening opening = new Opening(folder, OPTIONS, new RealFiles())) {
        assertThat(opening.recovered.owners()).containsExactly(2);
        assertThat(opening.recovered.references(2)).isEqualTo(67);
        assertThat(opening.report.facts()).isZero();
      }
    }
  }

  /** A settled message stays settled although what settled it was copied, moved and deleted. */
  @Test
  void whatWasSettledNeverComesBack() throws Exception {
    Simulation simulation = new Simulation(folder, 99);
    for (int round = 0; round < 30; round++) {
      simulation.settling = round % 3 == 0 ? 0.9 : 0.5;
      simulation.open(new Faults(round));
      assertThat(simulation.verdicts()).as("round %d", round).isEmpty();
      simulation.work(400);
      simulation.settleDown();
      assertThat(simulation.failures).isEmpty();
      simulation.close();
    }
  }

  @Test
  void aSegmentThatCannotBeReadStaysAndIsReported() throws Exception {
    try (Opening opening = new Opening(folder, OPTIONS, new RealFiles())) {
      for (int i = 0; i < 1000; i++) {
        Bytes message = Bytes.of(i, 500);
        opening.handle.append(1, i, message, message.attributes());
        if (i % 20 == 0) {
          opening.sync();
        }
      }
      opening.sync();
      damage(2);
      for (int i = 0; i < 1000; i++) {
        if (i % 10 != 0) {
          opening.handle.settle(1, i);
        }
      }
      opening.sync();
      JournalStats stats =
          opening.awaitStats(now -> now.diskBytes() < 200 << 10 && !opening.damages.isEmpty());
      assertThat(opening.damages)
          .anyMatch(it -> it.file().toString().endsWith(Segment.fileName(2)));
      assertThat(stats.segments()).anyMatch(it -> it.file().equals(Segment.fileName(2)));
      assertThat(opening.failures).isEmpty();
    }
  }

  /** Zeros over all payloads of a segment, the footer left alone. */
  private void damage(long number) throws Exception {
    Path file = folder.resolve(Segment.fileName(number));
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      byte[] zeros = new byte[40 << 10];
      Arrays.fill(zeros, (byte) 1);
      channel.write(ByteBuffer.wrap(zeros), 200);
    }
  }
}
