package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files of a node that has ended are damaged: it says so, and costs what was there alone. */
class DamagedDataIT {
  private static final String SMALL_SEGMENTS = " -Dserai.test.segment-bytes=1048576";

  /** Of some hundred bytes each: several segments. */
  private static final int CONFIRMED = 20_000;

  private static final int TEARS = FaultReport.rounds(2);
  private static final String TORN = "a torn end of the journal";

  private final CrashLedger ledger = new CrashLedger();
  private Path data;

  @BeforeEach
  void makeFolder() throws IOException {
    data = Files.createTempDirectory("serai-damaged");
  }

  @AfterEach
  void removeFolder() throws IOException {
    Folders.delete(data);
  }

  private SeraiProcess start() throws IOException {
    return SeraiProcess.startWith(SMALL_SEGMENTS, data);
  }

  /** Runs a node until it has confirmed so many messages more, and kills it. */
  private void fill(String producer, int confirmed) throws Exception {
    int before = ledger.confirmedCount();
    try (SeraiProcess node = start()) {
      JavaClient.declare(node, "jobs");
      try (var _ = new CrashPublisher(ledger, producer, node.port("amqp"), "jobs")) {
        ledger.awaitConfirmed(before + confirmed);
        node.kill();
      }
    }
  }

  private void drain() throws Exception {
    try (SeraiProcess node = start()) {
      JavaClient.drain(node, "jobs", ledger);
    }
  }

  private Finished check() throws Exception {
    return SeraiProcess.run("store", "check", data.toString());
  }

  /** Whose number is followed by padding, so that it is found in a file. */
  private static String text(String producer, int number) {
    return producer + " " + number + " x";
  }

  @Test
  void aFlippedBitCostsTheMessageItIsInAndIsReported() throws Exception {
    fill("a", CONFIRMED);
    Path segment = JournalFiles.segments(data).getFirst();
    int number = 1_234;
    int place = JournalFiles.find(segment, text("a", number));
    assertThat(place).as("in the first segment").isPositive();
    JournalFiles.flip(segment, place);
    Finished check = check();
    assertThat(check.exitCode()).isEqualTo(1);
    assertThat(check.output()).contains("damaged: ").contains(segment.getFileName().toString());
    drain();
    FaultReport.control(
        "a flipped bit in a full segment",
        ledger.counts(),
        ledger.lost().equals(List.of("a " + number)));
    assertThat(ledger.lost()).as("that message alone").containsExactly("a " + number);
    assertNothingWorse();
  }

  /** What is there is right: no message was made or changed by damage. */
  private void assertNothingWorse() {
    FaultReport.Counts counts = ledger.counts();
    assertThat(counts.invented() + counts.damaged() + counts.twice() + counts.outOfOrder())
        .as(ledger.summary())
        .isZero();
  }

  @Test
  void damageInTheOpenSegmentRefusesTheStartAndCostsThatSegmentWhenItIsAccepted() throws Exception {
    fill("a", CONFIRMED);
    Path segment = JournalFiles.lastWritten(data);
    int first = JournalFiles.find(segment, "a ");
    assertThat(first).isPositive();
    JournalFiles.flip(segment, first);
    byte[] before = Files.readAllBytes(segment);
    assertThat(check().output()).contains("damaged: ").contains(segment.getFileName().toString());
    assertThatThrownBy(this::start)
        .hasMessageContaining("is damaged")
        .hasMessageContaining(segment.getFileName().toString())
        .hasMessageContaining("accept-damage");
    Files.createFile(data.resolve("journal/accept-damage"));
    drain();
    String was = new String(before, StandardCharsets.ISO_8859_1);
    long elsewhere = ledger.lost().stream().filter(lost -> !was.contains(lost + " ")).count();
    boolean isFoundOut = !ledger.lost().isEmpty() && elsewhere <= 1; // the one that was hit
    FaultReport.control("a flipped bit in the open segment", ledger.counts(), isFoundOut);
    assertThat(isFoundOut).as("lost in other segments: " + elsewhere).isTrue();
    assertNothingWorse();
  }

  /** What was being written when the machine stopped: the beginning of a record, no more. */
  @Test
  void aTornEndIsCutAndCostsNothing() throws Exception {
    for (int round = 0; round < TEARS; round++) {
      FaultReport.round(TORN, round, TEARS);
      fill("t" + round, 100);
      Path segment = JournalFiles.lastWritten(data);
      int end = JournalFiles.end(segment);
      int torn = 9 + round * 7 % 200;
      JournalFiles.copyWithin(segment, 64, torn, end);
      Finished check = check();
      assertThat(check.output())
          .contains(" bytes at the end were never confirmed")
          .contains("ok: ");
      assertThat(check.exitCode()).isZero();
    }
    drain();
    FaultReport.row(TORN, TEARS, ledger.counts());
    ledger.assertWhole();
  }
}
