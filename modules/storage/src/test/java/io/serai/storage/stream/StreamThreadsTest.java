package io.serai.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.Damage;
import io.serai.storage.journal.JournalListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Threads that append, read, retain and delete at the same time do not disturb each other. */
@Timeout(300)
class StreamThreadsTest implements JournalListener {
  private static final int MESSAGES = 40_000;
  private static final int STREAMS = 4;
  private static final StreamLimits LIMITS =
      new StreamLimits(StreamLimits.NONE, 200_000, StreamLimits.MIN_SEGMENT_BYTES);

  @TempDir Path folder;
  private final Queue<Object> troubles = new ConcurrentLinkedQueue<>();

  @Override
  public void failed(Throwable cause) {
    troubles.add(cause);
  }

  @Override
  public void damaged(Damage damage) {
    troubles.add(damage);
  }

  @Test
  void readersSeeConsecutiveMessagesWhileRetentionFollowsThem() throws Exception {
    // Fewer open files than streams: they are closed and opened again all the time.
    StreamOptions options = new StreamOptions(2, 2, 1, 100);
    AtomicLong read = new AtomicLong();
    try (StreamStorage storage = StreamStorage.open(folder, options, new RealFiles(), this)) {
      List<Thread> readers = new ArrayList<>();
      for (int stream = 1; stream <= STREAMS; stream++) {
        StreamLog log = storage.log(stream);
        log.limits(LIMITS);
        readers.add(Thread.ofPlatform().start(() -> follow(log, read)));
        readers.add(Thread.ofPlatform().start(() -> lag(log)));
      }
      append(storage);
      for (Thread reader : readers) {
        reader.join();
      }
      for (int stream = 1; stream <= STREAMS; stream++) {
        assertThat(storage.log(stream).firstOffset()).isPositive();
      }
    }
    assertThat(troubles).isEmpty();
    assertThat(read.get()).isGreaterThan(MESSAGES / 10);
    try (StreamStorage storage = StreamStorage.open(folder, options, new RealFiles(), this)) {
      assertThat(storage.log(1).endOffset()).isEqualTo(MESSAGES / STREAMS);
    }
  }

  @Test
  void streamsThatAreDeletedUnderReadersAndWritersAreGone() throws Exception {
    try (StreamStorage storage =
        StreamStorage.open(folder, new StreamOptions(2, 2, 1, 100), new RealFiles(), this)) {
      AtomicLong synced = new AtomicLong();
      StreamAppender appender = storage.appender(synced::set);
      for (int stream = 1; stream <= 200; stream++) {
        StreamLog log = storage.log(stream);
        log.limits(LIMITS);
        for (int i = 0; i < 60; i++) {
          appender.append(log, Sample.of(i, 200), i, null);
          if (i % 20 == 0) {
            appender.flush();
            log.read(0, 100_000, null, found -> check(found, 0));
          }
        }
        appender.flush();
        log.delete();
      }
      while (synced.get() < appender.position()) {
        Thread.sleep(1);
      }
    }
    assertThat(troubles).isEmpty();
    assertThat(new RealFiles().folders(folder)).isEmpty();
  }

  private void append(StreamStorage storage) throws InterruptedException {
    AtomicLong synced = new AtomicLong();
    StreamAppender appender = storage.appender(synced::set);
    for (int i = 0; i < MESSAGES; i++) {
      StreamLog log = storage.log(1 + i % STREAMS);
      appender.append(log, Sample.of(i / STREAMS, 100, i, "v" + i % 3), i, "v" + i % 3);
      if (i % 40 == 0) {
        appender.flush();
        while (appender.position() - synced.get() > 2_000) {
          Thread.sleep(1);
        }
      }
    }
    appender.flush();
    while (synced.get() < MESSAGES) {
      Thread.sleep(1);
    }
  }

  /** Reads on where it was, to the end. */
  private void follow(StreamLog log, AtomicLong count) {
    long next = 0;
    while (next < MESSAGES / STREAMS && troubles.isEmpty()) {
      StreamRead found = read(log, next, 5_000);
      check(found, next);
      count.addAndGet(found.entries().size());
      next = found.nextOffset();
    }
  }

  /** Reads the oldest message again and again: what retention is about to take. */
  private void lag(StreamLog log) {
    while (log.endOffset() < MESSAGES / STREAMS && troubles.isEmpty()) {
      check(read(log, 0, 1), 0);
    }
  }

  private static StreamRead read(StreamLog log, long from, int maxBytes) {
    CompletableFuture<StreamRead> found = new CompletableFuture<>();
    log.read(from, maxBytes, null, found::complete);
    return found.orTimeout(60, TimeUnit.SECONDS).join();
  }

  private void check(StreamRead found, long from) {
    long offset = -1;
    for (StreamEntry entry : found.entries()) {
      // Retention may take a segment between two that are read: then it says so.
      boolean isNext = offset < 0 || entry.offset() == offset + 1;
      if (entry.offset() < from || !isNext && entry.offset() > found.firstOffset()) {
        troubles.add("offset %d after %d, from %d".formatted(entry.offset(), offset, from));
      }
      offset = entry.offset();
      byte[] content = Sample.of(offset, entry.length()).content();
      if (!Arrays.equals(Sample.of(entry).content(), content)) {
        troubles.add("message " + offset + " is another one");
      }
    }
  }
}
