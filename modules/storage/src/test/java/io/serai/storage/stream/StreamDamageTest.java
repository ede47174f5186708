package io.serai.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.storage.file.RealFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not as it was written is noticed, never passed on, never silently dropped. */
class StreamDamageTest {
  private static final String STREAM = "00000000000000000007";

  @TempDir Path folder;
  private Path original;
  private Path copy;

  @BeforeEach
  void folders() throws Exception {
    original = Files.createDirectory(folder.resolve("original"));
    copy = folder.resolve("copy");
  }

  @Test
  void aTornEndIsCutAtEveryByteOfTheLastChunk() throws Exception {
    byte[] before;
    byte[] after;
    Path file;
    try (Streams streams = new Streams(original)) {
      StreamLog log = streams.log(7);
      append(streams, log, 0, 3);
      file = segments().getFirst();
      before = Files.readAllBytes(file);
      append(streams, log, 3, 2);
      after = Files.readAllBytes(file); // an orderly stop adds an index: this is before
    }
    for (int cut = before.length; cut <= after.length; cut++) {
      byte[] torn = Arrays.copyOf(after, after.length);
      Arrays.fill(torn, cut, torn.length, (byte) 0);
      boolean isWhole = Arrays.equals(torn, after);
      for (byte[] left : List.of(torn, Arrays.copyOf(after, cut))) {
        write(left, file);
        try (Streams streams = new Streams(copy)) {
          StreamLog log = streams.log(7);
          int there = isWhole && left.length == after.length ? 5 : 3;
          assertThat(Streams.read(log)).as("cut at %d", cut).hasSize(there);
          if (cut % 32 != 0) {
            continue;
          }
          append(streams, log, there, 4);
        }
        try (Streams streams = new Streams(copy)) {
          assertThat(Streams.read(streams.log(7))).as("goes on").hasSizeBetween(7, 9);
        }
      }
    }
  }

  @Test
  void aDamagedChunkBeforeSyncedOnesIsNotTakenForATornEnd() throws Exception {
    byte[] bytes;
    Path file;
    try (Streams streams = new Streams(original)) {
      StreamLog log = streams.log(7);
      append(streams, log, 0, 3);
      append(streams, log, 3, 3);
      file = segments().getFirst();
      bytes = Files.readAllBytes(file);
    }
    bytes[StreamFormat.SEGMENT_HEADER_BYTES + 30] ^= 1; // its header
    write(bytes, file);
    assertThatThrownBy(() -> new Streams(copy))
        .isInstanceOf(StreamRefused.class)
        .hasMessageContaining("at byte 64: a chunk that was synced fails its checksum")
        .hasMessageContaining("create the empty file " + copyOf(STREAM).resolve("accept-damage"));
    assertThatThrownBy(() -> new Streams(copy))
        .isInstanceOf(StreamRefused.class)
        .hasMessageContaining("set aside by an earlier start");
    Files.createFile(copyOf(STREAM).resolve("accept-damage"));
    for (int start = 0; start < 2; start++) {
      try (Streams streams = new Streams(copy)) {
        StreamLog log = streams.log(7);
        assertThat(log.nextOffset()).as("no offset is given twice").isEqualTo(6 + start);
        assertThat(log.firstOffset()).isEqualTo(6);
        append(streams, log, 6, 1);
      }
    }
    assertThat(Files.exists(copyOf(STREAM).resolve("accept-damage"))).isFalse();
    assertThat(Files.exists(copyOf(STREAM).resolve("00000000000000000000.stream.aside"))).isTrue();
  }

  @Test
  void aMissingSegmentIsNoticedAndCostsItsMessagesAloneWhenThatIsAccepted() throws Exception {
    List<Path> segments = full();
    long gone = Long.parseLong(name(segments.get(1)).substring(0, 20));
    long next = Long.parseLong(name(segments.get(2)).substring(0, 20));
    copyAll();
    Files.delete(copyOf(name(segments.get(1))));
    assertThatThrownBy(() -> new Streams(copy))
        .isInstanceOf(StreamRefused.class)
        .hasMessageContaining("messages %d to %d are missing".formatted(gone, next - 1));
    Files.createFile(copyOf(STREAM).resolve("accept-damage"));
    for (int start = 0; start < 2; start++) {
      try (Streams streams = new Streams(copy)) {
        List<StreamEntry> found = Streams.read(streams.log(7));
        assertThat(found).hasSize((int) (200 - (next - gone)));
        assertThat(found).noneMatch(entry -> entry.offset() >= gone && entry.offset() < next);
        assertThat(Streams.read(streams.log(7), gone + 1, 100, null).getFirst().offset())
            .isEqualTo(next);
      }
    }
  }

  @Test
  void aBrokenIndexOfAWholeSegmentIsMadeAgain() throws Exception {
    List<Path> segments = full();
    copyAll();
    Path broken = copyOf(name(segments.getFirst()));
    byte[] bytes = Files.readAllBytes(broken);
    bytes[bytes.length - 20] ^= 1;
    Files.write(broken, bytes);
    try (Streams streams = new Streams(copy)) {
      assertThat(Streams.read(streams.log(7))).hasSize(200);
    }
    bytes[bytes.length - 20] ^= 1;
    assertThat(Files.readAllBytes(broken)).isEqualTo(bytes);
  }

  @Test
  void aReaderIsGivenWhatIsWholeAndTheDamageIsReported() throws Exception {
    List<Path> segments = full();
    copyAll();
    Path broken = copyOf(name(segments.getFirst()));
    byte[] bytes = Files.readAllBytes(broken);
    bytes[StreamFormat.SEGMENT_HEADER_BYTES + StreamFormat.CHUNK_HEADER_BYTES + 50] ^= 1;
    Files.write(broken, bytes);
    try (Streams streams = new Streams(copy)) {
      List<StreamEntry> found = Streams.read(streams.log(7));
      assertThat(found.getFirst().offset()).isPositive();
      assertThat(found.getLast().offset()).isEqualTo(199);
      assertThat(streams.damages).isNotEmpty();
      assertThat(streams.damages.getFirst().offset()).isEqualTo(64);
    }
  }

  /** Wherever a bit flips: what is read is right, and what is missing was reported. */
  @Test
  void oneFlippedBitAnywhereIsNoticed() throws Exception {
    List<Path> segments = full();
    Random random = new Random(7);
    int refused = 0;
    int reported = 0;
    int checked = 0;
    for (int i = 0; i < 300; i++) {
      copyAll();
      Path file = copyOf(name(segments.get(random.nextInt(segments.size()))));
      assertThat(StreamCheck.check(copy, new RealFiles()).damage()).isEmpty();
      byte[] bytes = Files.readAllBytes(file);
      int at = random.nextInt(bytes.length);
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bytes);
      checked += StreamCheck.check(copy, new RealFiles()).damage().isEmpty() ? 0 : 1;
      try (Streams streams = new Streams(copy)) {
        List<StreamEntry> found = Streams.read(streams.log(7));
        for (StreamEntry entry : found) {
          assertThat(Sample.of(entry)).isEqualTo(Sample.of(entry.offset(), 150));
        }
        reported += streams.damages.isEmpty() ? 0 : 1;
        if (streams.damages.isEmpty()) {
          assertThat(found).as("byte %d of %s", at, file).hasSize(200);
        }
      } catch (StreamRefused _) {
        refused++;
      }
    }
    assertThat(checked).as("found by a check").isGreaterThanOrEqualTo(reported + refused);
    assertThat(reported).isGreaterThan(100);
    assertThat(refused).isGreaterThan(1);
  }

  @Test
  void aNewerFormatIsRefusedInWords() throws Exception {
    Path file = full().getFirst();
    copyAll();
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer header = ByteBuffer.wrap(bytes);
    header.putInt(8, StreamFormat.FORMAT + 1);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, StreamFormat.SEGMENT_HEADER_BYTES - 4);
    header.putInt(StreamFormat.SEGMENT_HEADER_BYTES - 4, (int) crc.getValue());
    Files.write(copyOf(name(file)), bytes);
    assertThatThrownBy(() -> new Streams(copy))
        .isInstanceOf(StreamRefused.class)
        .hasMessageContaining("newer Serai: stream format 2, this one knows up to 1");
  }

  private void append(Streams streams, StreamLog log, int first, int count) {
    for (int i = first; i < first + count; i++) {
      streams.append(log, Sample.of(i, 150));
    }
    streams.sync();
  }

  /** A stream of 200 messages in several segments, stopped in order. */
  private List<Path> full() throws IOException {
    try (Streams streams = new Streams(original)) {
      StreamLog log = streams.log(7);
      for (int i = 0; i < 200; i += 4) {
        append(streams, log, i, 4);
      }
    }
    assertThat(segments()).hasSizeGreaterThan(4);
    return segments();
  }

  private List<Path> segments() throws IOException {
    try (var files = Files.list(original.resolve(STREAM))) {
      return files.sorted().toList();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private Path copyOf(String name) {
    Path stream = copy.resolve(STREAM);
    return name.equals(STREAM) ? stream : stream.resolve(name);
  }

  private void copyAll() throws IOException {
    empty();
    for (Path file : segments()) {
      Files.copy(file, copyOf(name(file)));
    }
  }

  /** The copy is that one file. */
  private void write(byte[] bytes, Path file) throws IOException {
    empty();
    Files.write(copyOf(name(file)), bytes);
  }

  private void empty() throws IOException {
    if (Files.exists(copy)) {
      try (var old = Files.walk(copy)) {
        for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    Files.createDirectories(copyOf(STREAM));
  }
}
