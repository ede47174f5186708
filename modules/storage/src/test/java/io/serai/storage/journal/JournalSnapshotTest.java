package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a journal that goes on. */
class JournalSnapshotTest {
  private static final long SEGMENT = 256 << 10;
  private static final int BODY = 1000;

  @TempDir Path folder;

  private static void append(Opening journal, int from, int to) {
    for (int i = from; i < to; i++) {
      Bytes body = Bytes.of(i, BODY);
      journal.handle.append(7, i, body, body.attributes());
      if (i % 50 == 49) {
        journal.sync();
      }
    }
    journal.sync();
  }

  @Test
  void aCopyIsTheJournalAsItWasWhateverComesAndGoesMeanwhile() throws Exception {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    try (Opening journal = new Opening(folder.resolve("own"), SEGMENT)) {
      append(journal, 0, 2_000);
      journal.handle.put((byte) 2, new byte[] {1}, new byte[] {2});
      journal.sync();
      try (JournalSnapshot snapshot = journal.journal.snapshot().get(60, TimeUnit.SECONDS)) {
        for (int i = 0; i < 2_000; i++) {
          journal.handle.settle(7, i); // most of the segments are dead now
        }
        append(journal, 2_000, 3_000);
        journal.handle.remove((byte) 2, new byte[] {1});
        journal.sync();
        assertThat(snapshot.copyTo(copy)).isGreaterThan(2_000L * BODY);
      }
    }
    try (Opening restored = new Opening(copy, SEGMENT)) {
      var messages = restored.messages(7);
      assertThat(messages).hasSize(2_000);
      messages.forEach(
          (sequence, content) -> assertThat(content).isEqualTo(Bytes.of(sequence, BODY).content));
      int[] facts = {0};
      restored.recovered.forEachFact((_, _, _) -> facts[0]++);
      assertThat(facts[0]).isEqualTo(1);
      assertThat(restored.report.damage()).isEmpty();
      append(restored, 5_000, 5_100); // and it goes on
    }
    try (Opening own = new Opening(folder.resolve("own"), SEGMENT)) {
      assertThat(own.messages(7)).hasSize(1_000);
    }
  }

  @Test
  void aJournalThatIsClosedGivesNone() throws Exception {
    Opening journal = new Opening(folder, SEGMENT);
    journal.close();
    assertThat(journal.journal.snapshot()).isCompletedExceptionally();
  }
}
