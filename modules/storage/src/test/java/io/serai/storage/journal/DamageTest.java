package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.storage.file.RealFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not as it was written is noticed, never passed on, never silently dropped. */
class DamageTest {
  private static final long SMALL = 16 << 10;

  @TempDir Path folder;
  private Path journal;
  private Path copy;

  @BeforeEach
  void folders() throws Exception {
    journal = Files.createDirectory(folder.resolve("journal"));
    copy = folder.resolve("copy");
  }

  @Test
  void aTornEndIsCutAtEveryByteOfTheLastRecord() throws Exception {
    byte[] before;
    Path file;
    try (Opening opening = new Opening(journal, SMALL)) {
      append(opening, 0, 3);
      opening.sync();
      file = segments(journal).getFirst();
      before = Files.readAllBytes(file);
      append(opening, 3, 1);
      opening.sync();
    }
    // Closing put a note behind it: without that the last message is the end.
    byte[] after = Files.readAllBytes(file);
    int from = end(before);
    int to = end(after) - RecordFormat.recordBytes(0);
    assertThat(to - from).isGreaterThan(200);
    int operations = from + RecordFormat.recordBytes(RecordFormat.PAYLOAD_PREFIX_BYTES + 300);
    for (int cut = from; cut < to; cut++) {
      byte[] torn = Arrays.copyOf(after, after.length);
      Arrays.fill(torn, cut, torn.length, (byte) 0);
      write(torn, file);
      try (Opening opening = new Opening(copy, SMALL)) {
        boolean isWhole = Arrays.equals(torn, from, to, after, from, to);
        assertThat(opening.messages(1)).as("cut at %d", cut).hasSize(isWhole ? 4 : 3);
        if (cut > from + 4 && cut != operations && !isWhole) {
          assertThat(opening.report.cutBytes()).as("cut at %d", cut).isPositive();
        }
      }
    }
  }

  @Test
  void aDamagedRecordBeforeSyncedOnesIsNotTakenForATornEnd() throws Exception {
    Path file;
    try (Opening opening = new Opening(journal, SMALL)) {
      append(opening, 0, 3);
      opening.sync();
      append(opening, 3, 3);
      opening.sync();
      file = segments(journal).getFirst();
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[RecordFormat.SEGMENT_HEADER_BYTES + 100] ^= 1;
    write(bytes, file);
    assertThatThrownBy(() -> new Opening(copy, SMALL))
        .isInstanceOf(JournalRefused.class)
        .hasMessageContaining("at byte 64: a record that was synced fails its checksum")
        .hasMessageContaining("create the empty file " + copy.resolve("accept-damage"));
    assertThatThrownBy(() -> new Opening(copy, SMALL))
        .isInstanceOf(JournalRefused.class)
        .hasMessageContaining("set aside by an earlier start");
    Files.createFile(copy.resolve("accept-damage"));
    try (Opening opening = new Opening(copy, SMALL)) {
      assertThat(opening.report.damage()).hasSize(1);
      assertThat(opening.recovered.owners()).isEmpty();
      append(opening, 10, 2);
      opening.sync();
    }
    try (Opening opening = new Opening(copy, SMALL)) {
      assertThat(opening.messages(1)).containsOnlyKeys(10L, 11L);
    }
    assertThat(new RealFiles().list(copy))
        .anyMatch(it -> it.toString().endsWith(".aside"))
        .noneMatch(it -> it.toString().endsWith("accept-damage"));
  }

  @Test
  void aDamagedMessageInASealedSegmentCostsThatMessageAloneWhenThatIsAccepted() throws Exception {
    try (Opening opening = new Opening(journal, SMALL)) {
      append(opening, 0, 20);
      opening.sync();
      append(opening, 20, 60);
      opening.sync();
    }
    Path file = segments(journal).getFirst();
    assertThat(segments(journal)).hasSizeGreaterThan(1);
    byte[] bytes = Files.readAllBytes(file);
    bytes[RecordFormat.SEGMENT_HEADER_BYTES + 100] ^= 1; // in the first message
    write(bytes, file);
    JournalCheck.Report check = JournalCheck.check(copy, new RealFiles());
    assertThat(check.isWhole()).isFalse();
    assertThat(check.damage()).hasSize(1);
    assertThat(check.stats().owners()).as("as a start counts").containsExactly(Map.entry(1L, 80L));
    try (Opening opening = new Opening(copy, SMALL)) {
      assertThatThrownBy(() -> opening.messages(1)).isInstanceOf(CompletionException.class);
    }
    Files.createFile(copy.resolve("accept-damage"));
    try (Opening opening = new Opening(copy, SMALL)) {
      assertThat(opening.report.damage()).hasSize(1);
      assertThat(opening.report.lostReferences()).isEqualTo(1);
      assertThat(opening.messages(1)).hasSize(79).doesNotContainKey(0L);
      append(opening, 100, 1);
      opening.sync();
    }
    try (Opening opening = new Opening(copy, SMALL)) {
      assertThat(opening.messages(1)).hasSize(80).doesNotContainKey(0L);
    }
  }

  @Test
  void oneFlippedBitAnywhereIsNoticed() throws Exception {
    TreeMap<Long, byte[]> truth;
    try (Opening opening = new Opening(journal, SMALL)) {
      append(opening, 0, 60);
      opening.handle.put((byte) 1, new byte[] {7}, new byte[40]);
      opening.sync();
    }
    try (Opening opening = new Opening(journal, SMALL)) {
      append(opening, 60, 8);
      opening.handle.settle(1, 61);
      opening.sync();
      truth = new TreeMap<>();
      for (long i = 0; i < 68; i++) {
        if (i != 61) {
          truth.put(i, Bytes.of(i, 300).content);
        }
      }
    }
    JournalCheck.Report whole = JournalCheck.check(journal, new RealFiles());
    assertThat(whole.isWhole()).isTrue();
    assertThat(whole.tornBytes()).isZero();
    assertThat(whole.stats().owners()).containsExactly(Map.entry(1L, 67L));
    assertThat(whole.stats().facts()).isEqualTo(1);
    List<Path> files = segments(journal);
    assertThat(files).hasSizeGreaterThan(2);
    int tried = 0;
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      int end = end(bytes);
      for (int at = 0; at < bytes.length; at += at < end ? 29 : 4001) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << (at % 8));
        write(flipped, file);
        assertThat(isNoticed(truth)).as("%s byte %d", file.getFileName(), at).isTrue();
        tried++;
      }
    }
    assertThat(tried).isGreaterThan(700);
  }

  /** Refused, or reported, or the read fails, or the check finds it; never other content. */
  private boolean isNoticed(TreeMap<Long, byte[]> truth) throws Exception {
    JournalCheck.Report check = JournalCheck.check(copy, new RealFiles());
    boolean found = !check.isWhole() || check.tornBytes() > 0;
    return isNoticedInUse(truth) || found;
  }

  private boolean isNoticedInUse(TreeMap<Long, byte[]> truth) throws Exception {
    try (Opening opening = new Opening(copy, SMALL)) {
      RecoveryReport report = opening.report;
      boolean reported = report.cutBytes() > 0 || report.rebuiltFooters() > 0;
      try {
        TreeMap<Long, byte[]> found = opening.messages(1);
        found.forEach((sequence, content) -> assertThat(content).isEqualTo(truth.get(sequence)));
        if (!reported || report.rebuiltFooters() > 0) {
          assertThat(found.keySet()).isEqualTo(truth.keySet());
        }
        return reported;
      } catch (CompletionException e) {
        assertThat(opening.damages).isNotEmpty();
        return true;
      }
    } catch (JournalRefused _) {
      return true;
    }
  }

  @Test
  void aMissingSegmentIsNoticed() throws Exception {
    try (Opening opening = new Opening(journal, SMALL)) {
      for (int i = 0; i < 100; i += 10) {
        append(opening, i, 10);
        opening.sync();
      }
      // Their references are written again further on, their contents stay where they were.
      for (int i = 0; i < 100; i++) {
        opening.handle.update(1, i, new RefAttributes(1, Long.MAX_VALUE, 0, 300, new byte[0]));
      }
      opening.sync();
    }
    Files.delete(segments(journal).getFirst());
    assertThatThrownBy(() -> new Opening(journal, SMALL))
        .isInstanceOf(JournalRefused.class)
        .hasMessageContaining("messages have lost their content");
    JournalOptions accepting =
        JournalOptions.defaults().withSegmentBytes(SMALL).withAcceptDamage(true);
    long left;
    try (Opening opening = new Opening(journal, accepting, new RealFiles())) {
      assertThat(opening.report.lostReferences()).isPositive();
      left = opening.recovered.references(1);
      assertThat(left).isPositive().isLessThan(100);
      append(opening, 200, 1);
      opening.sync();
    }
    try (Opening opening = new Opening(journal, SMALL)) {
      assertThat(opening.recovered.references(1)).isEqualTo(left + 1);
    }
  }

  private static void append(Opening opening, long from, int count) {
    for (long i = from; i < from + count; i++) {
      Bytes message = Bytes.of(i, 300);
      opening.handle.append(1, i, message, message.attributes());
    }
  }

  /** Behind the last byte that is not 0, in units of records. */
  private static int end(byte[] bytes) {
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    return (end + 7) & -8;
  }

  private void write(byte[] bytes, Path replaced) throws Exception {
    if (Files.exists(copy)) {
      for (Path file : new RealFiles().list(copy)) {
        Files.delete(file);
      }
    } else {
      Files.createDirectory(copy);
    }
    for (Path file : segments(journal)) {
      if (!file.equals(replaced)) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    Files.write(copy.resolve(replaced.getFileName()), bytes);
  }

  private static List<Path> segments(Path folder) throws Exception {
    List<Path> segments = new ArrayList<>(new RealFiles().list(folder));
    segments.removeIf(it -> Segment.numberOf(it) < 0);
    segments.sort(null);
    return segments;
  }
}
