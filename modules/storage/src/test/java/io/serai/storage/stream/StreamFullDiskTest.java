package io.serai.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.storage.fault.Faults;
import io.serai.storage.fault.FaultyFiles;
import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.JournalListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A full disk makes publishers wait, readers go on, and it passes by itself. */
@Timeout(300)
class StreamFullDiskTest implements JournalListener {
  private static final int MESSAGE = 1000;

  @TempDir Path folder;
  private final Faults faults = new Faults(1);
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong synced = new AtomicLong();
  private StreamStorage storage;
  private StreamAppender appender;

  @Override
  public void failed(Throwable cause) {
    events.add("failed " + cause);
  }

  @Override
  public void full(long freeBytes, long neededBytes) {
    events.add("full");
  }

  @Override
  public void spaceAgain() {
    events.add("space again");
  }

  private void open() throws Exception {
    storage =
        StreamStorage.open(
            folder, new StreamOptions(1, 8, 10, 1), new FaultyFiles(new RealFiles(), faults), this);
    appender = storage.appender(synced::set);
  }

  private StreamLog log(long number) {
    StreamLog log = storage.log(number);
    log.limits(Streams.SMALL);
    return log;
  }

  /** Appends until the disk is full; returns how many were handed over, the last unsynced. */
  private int fill(StreamLog log) throws Exception {
    int count = 0;
    while (events.isEmpty()) {
      appender.append(log, Sample.of(count++, MESSAGE), count, null);
      appender.flush();
      while (synced.get() < appender.position() && events.isEmpty()) {
        Thread.sleep(1); // one at a time: several could fill the disk in one round
      }
    }
    assertThat(events).containsExactly("full");
    return count;
  }

  private void await(long position) throws Exception {
    while (synced.get() < position) {
      Thread.sleep(1);
    }
  }

  @Test
  void publishersWaitReadersGoOnAndSpaceIsFoundByItself() throws Exception {
    faults.diskBytes(60_000);
    open();
    StreamLog log = log(7);
    int count = fill(log);
    assertThat(synced.get()).isLessThan(count).isEqualTo(log.endOffset());
    assertThat(entries(log)).isEqualTo(log.endOffset());
    faults.diskBytes(1_000_000);
    await(count);
    assertThat(events).containsExactly("full", "space again");
    assertThat(entries(log)).isEqualTo(count);
    storage.close();
    open();
    assertThat(log(7).endOffset()).isEqualTo(count);
    storage.close();
  }

  @Test
  void deletingAnotherStreamMakesSpace() throws Exception {
    faults.diskBytes(60_000);
    open();
    for (int i = 0; i < 20; i++) {
      appender.append(log(8), Sample.of(i, MESSAGE), i, null);
    }
    appender.flush();
    await(20);
    int count = fill(log(7));
    log(8).delete();
    await(20 + count);
    assertThat(events).containsExactly("full", "space again");
    storage.close();
  }

  @Test
  void deletingTheStreamThatWaitsForSpaceLetsOthersGoOn() throws Exception {
    faults.diskBytes(60_000);
    open();
    int count = fill(log(7));
    log(7).delete();
    appender.append(log(8), Sample.of(0, MESSAGE), 1, null);
    appender.flush();
    await(count + 1);
    assertThat(events).containsExactly("full", "space again");
    assertThat(entries(log(8))).isEqualTo(1);
    storage.close();
  }

  @Test
  void aStreamForWhoseFolderThereIsNoSpaceWaitsForIt() throws Exception {
    open();
    appender.append(log(7), Sample.of(0, MESSAGE), 0, null);
    appender.flush();
    await(1);
    faults.diskBytes(1);
    appender.append(log(8), Sample.of(0, MESSAGE), 0, null);
    appender.flush();
    while (events.isEmpty()) {
      Thread.sleep(1);
    }
    assertThat(events).containsExactly("full");
    assertThat(synced.get()).isEqualTo(1);
    faults.diskBytes(1_000_000);
    await(2);
    assertThat(entries(log(8))).isEqualTo(1);
    storage.close();
  }

  @Test
  void retentionMakesSpace() throws Exception {
    faults.diskBytes(60_000);
    open();
    int count = fill(log(7));
    log(7).limits(new StreamLimits(StreamLimits.NONE, 20_000, StreamLimits.MIN_SEGMENT_BYTES));
    await(count);
    assertThat(events).containsExactly("full", "space again");
    assertThat(storage.log(7).firstOffset()).isPositive();
    storage.close();
  }

  @Test
  void whatWaitedWhenTheNodeStoppedWasNeverConfirmed() throws Exception {
    faults.diskBytes(60_000);
    open();
    fill(log(7));
    long confirmed = synced.get();
    storage.close();
    faults.diskBytes(1_000_000);
    open();
    assertThat(log(7).endOffset()).isGreaterThanOrEqualTo(confirmed);
    assertThat(entries(log(7))).isEqualTo(log(7).endOffset());
    storage.close();
    assertThat(events).containsExactly("full");
  }

  private static long entries(StreamLog log) throws Exception {
    List<StreamEntry> found = new ArrayList<>();
    while (found.size() < log.endOffset()) {
      CompletableFuture<StreamRead> read = new CompletableFuture<>();
      log.read(found.size(), 10_000, null, read::complete);
      List<StreamEntry> entries = read.get().entries();
      assertThat(entries).isNotEmpty();
      found.addAll(entries);
    }
    for (StreamEntry entry : found) {
      long time = entry.timestampMillis();
      assertThat(Sample.of(entry)).isEqualTo(Sample.of(entry.offset(), MESSAGE, time, null));
    }
    return found.size();
  }
}
