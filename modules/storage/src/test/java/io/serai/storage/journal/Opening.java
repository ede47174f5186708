package io.serai.storage.journal;

import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.RealFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** A journal with one handle, whose syncs can be waited for. */
final class Opening implements AutoCloseable, JournalListener {
  final Journal journal;
  final RecoveryReport report;
  final Recovered recovered;
  final JournalHandle handle;
  final AtomicLong synced = new AtomicLong();
  final List<Throwable> failures = new CopyOnWriteArrayList<>();
  final List<Damage> damages = new CopyOnWriteArrayList<>();
  final AtomicLong fullCount = new AtomicLong();
  final AtomicLong againCount = new AtomicLong();

  Opening(Path folder, JournalOptions options, FileSystemSeam files) throws IOException {
    Opened opened = Journal.open(folder, options, files, this);
    journal = opened.journal();
    report = opened.report();
    recovered = opened.recovered();
    handle =
        journal.handle(position -> {
          synchronized (synced) {
            synced.set(position);
            synced.notifyAll();
          }
        });
  }

  Opening(Path folder, long segmentBytes) throws IOException {
    this(folder, JournalOptions.defaults().withSegmentBytes(segmentBytes), new RealFiles());
  }

  /** Returns when everything said so far is synced. */
  Opening sync() {
    handle.flush();
    long position = handle.position();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    synchronized (synced) {
      while (synced.get() < position) {
        if (System.nanoTime() > deadline || !failures.isEmpty()) {
          throw new AssertionError(
              "synced " + synced + " of " + position + " failures " + failures);
        }
        try {
          synced.wait(100);
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
    return this;
  }

  byte[][] read(long... ids) {
    CompletableFuture<byte[][]> result = new CompletableFuture<>();
    journal.read(ids, answering(result));
    return result.orTimeout(60, TimeUnit.SECONDS).join();
  }

  /** What an owner has now under some sequences. */
  byte[][] readOf(long owner, long... sequences) {
    CompletableFuture<byte[][]> result = new CompletableFuture<>();
    journal.read(owner, sequences, answering(result));
    return result.orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static ReadCallback answering(CompletableFuture<byte[][]> result) {
    return (payloads, failure) -> {
      if (failure != null) {
        result.completeExceptionally(failure);
      } else {
        result.complete(payloads);
      }
    };
  }

  JournalStats stats() {
    CompletableFuture<JournalStats> result = new CompletableFuture<>();
    journal.stats(result::complete);
    return result.orTimeout(60, TimeUnit.SECONDS).join();
  }

  /** What there is as soon as it is so: space is given back a part at a time. */
  JournalStats awaitStats(Predicate<JournalStats> isSo) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    JournalStats now = stats();
    while (!isSo.test(now)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("still " + now);
      }
      Thread.sleep(5);
      now = stats();
    }
    return now;
  }

  /** Sequence to content of one owner as recovered. */
  TreeMap<Long, byte[]> messages(long owner) {
    List<Long> sequences = new ArrayList<>();
    List<Long> ids = new ArrayList<>();
    recovered.forEachReference(
        owner,
        (sequence, id, attributes) -> {
          sequences.add(sequence);
          ids.add(id);
        });
    byte[][] contents = read(ids.stream().mapToLong(Long::longValue).toArray());
    TreeMap<Long, byte[]> messages = new TreeMap<>();
    for (int i = 0; i < contents.length; i++) {
      messages.put(sequences.get(i), contents[i]);
    }
    return messages;
  }

  @Override
  public void failed(Throwable cause) {
    failures.add(cause);
  }

  @Override
  public void full(long freeBytes, long neededBytes) {
    fullCount.incrementAndGet();
  }

  @Override
  public void spaceAgain() {
    againCount.incrementAndGet();
  }

  @Override
  public void damaged(Damage damage) {
    damages.add(damage);
  }

  @Override
  public void close() {
    journal.close();
  }
}
