package io.serai.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.storage.file.RealFiles;
import io.serai.storage.file.SeamFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is appended is read back under its offset, now and after a restart. */
class StreamStorageTest {
  @TempDir Path folder;

  @Test
  void offsetsCountMessagesAndGoOnAfterARestart() throws Exception {
    try (Streams streams = new Streams(folder)) {
      StreamLog log = streams.log(7);
      assertThat(streams.append(log, Sample.of(0, 100))).isZero();
      assertThat(streams.append(log, Sample.of(1, 100))).isEqualTo(1);
      streams.sync();
    }
    try (Streams streams = new Streams(folder)) {
      StreamLog log = streams.log(7);
      assertThat(log.nextOffset()).isEqualTo(2);
      assertThat(streams.append(log, Sample.of(2, 100))).isEqualTo(2);
      streams.sync();
      assertThat(Streams.read(log).stream().map(Sample::of))
          .containsExactly(Sample.of(0, 100), Sample.of(1, 100), Sample.of(2, 100));
      assertThat(Streams.read(log).stream().map(StreamEntry::offset)).containsExactly(0L, 1L, 2L);
    }
  }

  @Test
  void whatCannotBeDeletedOfADeletedStreamKeepsNoNodeFromStarting() throws Exception {
    Path ofStream;
    try (Streams streams = new Streams(folder)) {
      StreamLog log = fill(streams, 7, 10);
      ofStream = log.folder.folder();
      Files.createDirectory(ofStream.resolve("somebody-elses"));
      log.delete();
      streams.sync();
    }
    Files.createFile(ofStream.resolve("deleted")); // as if the node had ended before it was gone
    try (Streams streams = new Streams(folder)) {
      assertThat(streams.storage.find(7)).isNull();
      assertThat(fill(streams, 8, 10).endOffset()).isEqualTo(10);
    }
    assertThat(ofStream).isDirectoryContaining(it -> it.endsWith("somebody-elses"));
  }

  @Test
  void aReaderSeesNothingThatIsNotSynced() throws Exception {
    try (Streams streams = new Streams(folder)) {
      StreamLog log = streams.log(7);
      streams.append(log, Sample.of(0, 100));
      streams.appender.flush();
      assertThat(log.endOffset()).isZero();
      assertThat(Streams.read(log)).isEmpty();
      streams.sync();
      assertThat(streams.synced).isEqualTo(1);
      assertThat(log.endOffset()).isEqualTo(1);
      assertThat(Streams.read(log)).hasSize(1);
    }
  }

  @Test
  void aReadBeginsWhereItIsToldAndStopsAtItsBytes() throws Exception {
    try (Streams streams = new Streams(folder)) {
      StreamLog log = fill(streams, 7, 500);
      assertThat(log.segments()).isGreaterThan(3);
      for (long from : new long[] {0, 1, 17, 250, 498, 499}) {
        log.read(
            from,
            1000,
            null,
            read -> {
              assertThat(read.entries()).hasSize((int) Math.min(10, 500 - from));
              assertThat(read.entries().getFirst().offset()).isEqualTo(from);
              assertThat(read.nextOffset()).isEqualTo(Math.min(500, from + 10));
            });
        assertThat(Streams.read(log, from, 1, null)).hasSize((int) (500 - from));
      }
    }
  }

  @Test
  void aReadAtTheEndFindsNothingAndStays() throws Exception {
    try (Streams streams = new Streams(folder)) {
      StreamLog log = fill(streams, 7, 5);
      List<StreamRead> reads = new ArrayList<>();
      log.read(5, 1000, null, reads::add);
      log.read(900, 1000, null, reads::add);
      assertThat(reads.get(0)).isEqualTo(new StreamRead(List.of(), 5, 0, 5));
      assertThat(reads.get(1)).isEqualTo(new StreamRead(List.of(), 900, 0, 5));
    }
  }

  @Test
  void aMessageLargerThanAChunkIsReadWhole() throws Exception {
    try (Streams streams = new Streams(folder)) {
      StreamLog log = streams.log(7);
      streams.append(log, Sample.of(0, 10));
      streams.append(log, Sample.of(1, 3 << 20));
      streams.append(log, Sample.of(2, 10));
      streams.sync();
    }
    try (Streams streams = new Streams(folder)) {
      assertThat(Streams.read(streams.log(7)).stream().map(Sample::of))
          .containsExactly(Sample.of(0, 10), Sample.of(1, 3 << 20), Sample.of(2, 10));
    }
  }

  @Test
  void whatIsAppendedTogetherIsInOneChunkAndTheLastOneIsWhereLastBegins() throws Exception {
    try (Streams streams = new Streams(folder)) {
      StreamLog log = streams.log(7);
      assertThat(log.lastChunkOffset()).isZero();
      fill(streams, 7, 3);
      for (int i = 3; i < 8; i++) {
        streams.append(log, Sample.of(i, 10));
      }
      streams.sync();
      assertThat(log.lastChunkOffset()).isEqualTo(3);
    }
    try (Streams streams = new Streams(folder)) {
      assertThat(streams.log(7).lastChunkOffset()).isEqualTo(3);
    }
  }

  @Test
  void streamsDoNotMixAndFilesAreClosedAndOpenedAgain() throws Exception {
    int many = 3 * Streams.OPTIONS.mostOpen();
    try (Streams streams = new Streams(folder)) {
      for (int round = 0; round < 20; round++) {
        for (int stream = 1; stream <= many; stream++) {
          streams.append(streams.log(stream), Sample.of(100 * round + stream, 300));
        }
        streams.sync();
      }
    }
    try (Streams streams = new Streams(folder)) {
      assertThat(streams.storage.streams()).hasSize(many);
      for (int stream = 1; stream <= many; stream++) {
        List<StreamEntry> entries = Streams.read(streams.log(stream));
        assertThat(entries).hasSize(20);
        for (int round = 0; round < 20; round++) {
          assertThat(Sample.of(entries.get(round))).isEqualTo(Sample.of(100 * round + stream, 300));
        }
      }
    }
  }

  @Test
  void aDeletedStreamIsGoneWithItsFolder() throws Exception {
    try (Streams streams = new Streams(folder)) {
      StreamLog log = fill(streams, 7, 100);
      fill(streams, 8, 100);
      streams.append(log, Sample.of(100, 10));
      log.delete();
      streams.sync();
      assertThat(streams.synced).isEqualTo(201);
      log.read(0, 1000, null, read -> assertThat(read).as("nobody is answered").isNull());
      assertThat(streams.storage.streams()).isEqualTo(Set.of(8L));
      try (var left = Files.list(folder)) {
        assertThat(left.filter(Files::isDirectory)).hasSize(1);
      }
    }
    try (Streams streams = new Streams(folder)) {
      assertThat(streams.storage.streams()).isEqualTo(Set.of(8L));
      assertThat(Streams.read(streams.log(8))).hasSize(100);
    }
  }

  @Test
  void anEmptyStreamTakesNoFolder() throws Exception {
    try (Streams streams = new Streams(folder)) {
      StreamLog log = streams.log(7);
      assertThat(log.firstOffset()).isZero();
      assertThat(log.diskBytes()).isZero();
      log.delete();
      streams.sync();
    }
    try (var left = Files.list(folder)) {
      assertThat(left.filter(Files::isDirectory)).isEmpty();
    }
  }

  @Test
  void anOrderlyStopLeavesAnIndexOfEachSoThatNothingIsScanned() throws Exception {
    int many = 3 * Streams.OPTIONS.mostOpen();
    try (Streams streams = new Streams(folder)) {
      for (int stream = 1; stream <= many; stream++) {
        fill(streams, stream, 10);
      }
    }
    for (int stream = 1; stream <= many; stream++) {
      StreamView view =
          new StreamRecovery(
                  StreamFolder.of(new RealFiles(), folder, stream),
                  ByteBuffer.allocateDirect(1 << 16),
                  0)
              .run()
              .view();
      assertThat(view.active().indexPlace()).isPositive();
      assertThat(view.endOffset()).isEqualTo(10);
    }
  }

  /** Otherwise a torn end could look like damage: nobody knows whether the index was synced. */
  @Test
  void whatFollowsAnIndexOfAnEarlierRunDoesNotSayThatItWasSynced() throws Exception {
    long indexPlace;
    try (Streams streams = new Streams(folder)) {
      fill(streams, 7, 3);
    }
    try (Streams streams = new Streams(folder)) {
      StreamLog log = streams.log(7);
      indexPlace = log.view.active().indexPlace();
      long place = log.view.active().endPlace();
      streams.append(log, Sample.of(3, 10));
      streams.sync();
      try (SeamFile file = new RealFiles().openToRead(log.folder.segment(0))) {
        ChunkHeader chunk =
            new ChunkCursor(file, 7, 0, file.size(), ByteBuffer.allocateDirect(1 << 16))
                .header(place);
        assertThat(chunk.firstOffset()).isEqualTo(3);
        assertThat(chunk.syncedPlace()).isEqualTo(indexPlace);
      }
    }
  }

  @Test
  void oneProcessAtATime() throws Exception {
    try (Streams _ = new Streams(folder)) {
      assertThatThrownBy(() -> new Streams(folder))
          .isInstanceOf(StreamRefused.class)
          .hasMessageContaining("in use by another process")
          .hasMessageContaining("choose another folder");
    }
  }

  static StreamLog fill(Streams streams, long stream, int messages) {
    StreamLog log = streams.log(stream);
    for (int i = 0; i < messages; i++) {
      streams.append(log, Sample.of(i, 100));
      if (i % 7 == 0) {
        streams.sync();
      }
    }
    streams.sync();
    return log;
  }
}
