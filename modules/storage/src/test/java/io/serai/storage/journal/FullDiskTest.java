package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.storage.fault.Faults;
import io.serai.storage.fault.FaultyFiles;
import io.serai.storage.file.RealFiles;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk stops publishers, not consumers, and passes by itself. */
class FullDiskTest implements JournalListener {
  private static final long SEGMENT = 32 << 10;

  @TempDir Path folder;
  private final Faults faults = new Faults(1);
  private final List<String> events = new ArrayList<>();
  private long synced;
  private Journal journal;
  private JournalHandle handle;

  @Override
  public void failed(Throwable cause) {
    events.add("failed");
  }

  @Override
  public void full(long freeBytes, long neededBytes) {
    assertThat(neededBytes).isGreaterThan(freeBytes);
    events.add("full");
  }

  @Override
  public void spaceAgain() {
    events.add("space again");
  }

  private Recovered open() throws Exception {
    Opened opened =
        Journal.open(
            folder,
            new JournalOptions(SEGMENT, 1, 0.5, Long.MAX_VALUE, 0, false),
            new FaultyFiles(new RealFiles(), faults),
            this,
            Workers.none());
    journal = opened.journal();
    handle = journal.handle(position -> synced = position);
    return opened.recovered();
  }

  private void run() {
    for (int i = 0; i < 50 && journal.step(); i++) {}
  }

  /** Appends until no more is confirmed; returns how many are. */
  private int fill() {
    for (int i = 0; i < 10_000; i++) {
      Bytes message = Bytes.of(i, 500);
      handle.append(1, i, message, message.attributes());
      handle.flush();
      run();
      if (synced < handle.position()) {
        return i;
      }
    }
    throw new AssertionError("it never got full");
  }

  @Test
  void publishersWaitConsumersDrainAndItGoesOnByItself() throws Exception {
    faults.diskBytes(10 * SEGMENT);
    open();
    int confirmed = fill();
    assertThat(events).containsExactly("full");
    assertThat(confirmed).isGreaterThan(400);

    // Whoever consumes is served, although an append waits before it in the same loop.
    for (int i = 0; i < confirmed; i++) {
      handle.settle(1, i);
      if (i % 50 == 0) {
        handle.flush();
        run();
      }
    }
    handle.flush();
    run();
    run();
    assertThat(events).startsWith("full", "space again").endsWith("space again");
    assertThat(events).doesNotContain("failed");
    assertThat(synced).isEqualTo(handle.position());
    journal.close();
    assertThat(open().references(1)).isEqualTo(1);
    journal.close();
  }

  @Test
  void whatIsSettledWithAnAppendIsThereAsLongAsThatIsNot() throws Exception {
    faults.diskBytes(10 * SEGMENT);
    open();
    int confirmed = fill();
    Bytes moved = Bytes.of(7, 500);
    handle.settle(1, 0);
    handle.append(2, 7, moved, moved.attributes());
    handle.flush();
    handle.settle(1, 1);
    handle.put((byte) 7, number(1), number(1));
    handle.keepTogether();
    handle.flush();
    handle.settle(1, 2);
    handle.flush();
    run();
    journal.close();
    Recovered found = open();
    assertThat(found.references(2)).isZero();
    assertThat(found.references(1)).as("without what was settled alone").isEqualTo(confirmed - 1);
    journal.close();
  }

  @Test
  void removingAnOwnerFreesAFullDisk() throws Exception {
    faults.diskBytes(10 * SEGMENT);
    open();
    fill();
    handle.ownerRemoved(1);
    handle.flush();
    run();
    run();
    assertThat(events).containsExactly("full", "space again");
    assertThat(synced).isEqualTo(handle.position());
    journal.close();
    assertThat(open().owners()).isEmpty();
    journal.close();
  }

  @Test
  void spaceFromOutsideIsFoundByItself() throws Exception {
    faults.diskBytes(6 * SEGMENT);
    open();
    int confirmed = fill();
    long before = synced;
    run();
    assertThat(synced).isEqualTo(before);
    faults.diskBytes(60 * SEGMENT);
    run();
    assertThat(events).containsExactly("full", "space again");
    assertThat(synced).isEqualTo(handle.position());
    journal.close();
    assertThat(open().references(1)).isEqualTo(confirmed + 1);
    journal.close();
  }

  @Test
  void whatWaitedWhenTheNodeStoppedWasNeverConfirmed() throws Exception {
    faults.diskBytes(6 * SEGMENT);
    open();
    int confirmed = fill();
    journal.close();
    assertThat(open().references(1)).isEqualTo(confirmed);
    journal.close();
    assertThat(events).doesNotContain("failed");
  }

  private static byte[] number(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  @Test
  void whatConsumersSayMeanwhileDoesNotPileUpAndNothingOfItIsLost() throws Exception {
    faults.diskBytes(10 * SEGMENT);
    open();
    int confirmed = fill();
    int most = 0;
    for (int turn = 0; turn < 5_000; turn++) {
      if (turn < 20) {
        handle.settle(1, turn); // live: goes ahead
      }
      handle.settle(1, confirmed + 1_000_000 + turn); // of nothing
      handle.put((byte) 5, number(turn % 3), number(turn)); // marks of three queues
      if (turn % 1_000 == 500) {
        handle.put((byte) 6, number(7), number(turn));
        handle.remove((byte) 6, number(7));
      }
      handle.flush();
      run();
      most = Math.max(most, journal.waitingBatches());
    }
    assertThat(most).isLessThan(200);
    // What was held back is settled now, and must not come back when it is written.
    handle.settle(1, confirmed);
    handle.flush();
    run();
    faults.diskBytes(60 * SEGMENT);
    run();
    assertThat(events).containsExactly("full", "space again");
    assertThat(synced).isEqualTo(handle.position());
    journal.close();
    Recovered found = open();
    assertThat(found.references(1)).isEqualTo(confirmed - 20);
    Map<Integer, Integer> marks = new TreeMap<>();
    found.forEachFact((kind, key, value) -> {
      assertThat(kind).isEqualTo((byte) 5);
      marks.put(ByteBuffer.wrap(key).getInt(), ByteBuffer.wrap(value).getInt());
    });
    assertThat(marks)
        .containsExactly(Map.entry(0, 4_998), Map.entry(1, 4_999), Map.entry(2, 4_997));
    journal.close();
  }
}
