package io.serai.storage.bench;

import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.Journal;
import io.serai.storage.journal.JournalHandle;
import io.serai.storage.journal.JournalOptions;
import io.serai.storage.journal.Opened;
import io.serai.storage.journal.RefAttributes;
import io.serai.storage.journal.StoredPayload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast the journal is on this machine, beside a bare file. Run with a folder on the disk in
 * question: messages a second, CPU microseconds a message, time to open 1,000,000 messages again.
 */
public final class JournalSpeed {
  private static final int BODY_BYTES = 1024;
  private static final int MESSAGES = Integer.getInteger("messages", 400_000);
  private static final int IN_FLIGHT = 4096;

  private static final class Message implements StoredPayload {
    private static final byte[] BODY = new byte[BODY_BYTES];
    private long id;

    @Override
    public long journalId() {
      return id;
    }

    @Override
    public void journalId(long given) {
      id = given;
    }

    @Override
    public int encodedSize() {
      return BODY_BYTES;
    }

    @Override
    public void encode(ByteBuffer into) {
      into.put(BODY);
    }
  }

  private JournalSpeed() {}

  /** The folder is used, emptied and left empty. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Files.createDirectories(folder);
    for (int i = 0; i < BODY_BYTES; i++) {
      Message.BODY[i] = (byte) (i * 31);
    }
    Measure.printHead("1 KiB messages");
    for (int round = 0; round < 2; round++) {
      String name = round == 0 ? "(warming up) " : "";
      for (int batch : new int[] {1, 16, 128}) {
        plain(folder, name, batch);
        journal(folder, name, batch, true);
        journal(folder, name, batch, false);
      }
    }
    reopen(folder, 1_000_000);
  }

  /** A write and a sync for each batch, nothing else. */
  private static void plain(Path folder, String name, int batch) throws IOException {
    int count = Math.min(MESSAGES, batch * 3000);
    ByteBuffer buffer = ByteBuffer.allocateDirect(batch * BODY_BYTES);
    Path file = folder.resolve("plain");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
      for (long at = 0; at < (long) count * BODY_BYTES; at += zeros.capacity()) {
        channel.write(zeros.clear(), at);
      }
      channel.force(true);
      Measure measure = new Measure();
      for (int done = 0; done < count; done += batch) {
        for (int i = 0; i < batch; i++) {
          buffer.put(Message.BODY);
        }
        channel.write(buffer.flip(), (long) done * BODY_BYTES);
        buffer.clear();
        channel.force(false);
      }
      measure.print(name + "file, sync per batch of " + batch, count);
    }
    ScratchFolder.empty(folder);
  }

  /** Publishers with so many messages unconfirmed; each confirmed one may be settled. */
  private static void journal(Path folder, String name, int batch, boolean settled)
      throws Exception {
    AtomicLong synced = new AtomicLong();
    Thread self = Thread.currentThread();
    Opened opened = open(folder);
    try (Journal journal = opened.journal()) {
      JournalHandle handle =
          journal.handle(position -> {
            synced.set(position);
            LockSupport.unpark(self);
          });
      Measure measure = new Measure();
      long settledUpTo = 0;
      long[] positions = new long[MESSAGES];
      for (int sequence = 0; sequence < MESSAGES; sequence++) {
        handle.append(1, sequence, new Message(), RefAttributes.ofBody(BODY_BYTES));
        positions[sequence] = handle.position();
        if ((sequence + 1) % batch == 0) {
          handle.flush();
          while (settled
              && settledUpTo < sequence
              && positions[(int) settledUpTo] <= synced.get()) {
            handle.settle(1, settledUpTo++);
          }
          while (sequence >= IN_FLIGHT && positions[sequence - IN_FLIGHT] > synced.get()) {
            LockSupport.parkNanos(100_000);
          }
        }
      }
      handle.flush();
      while (synced.get() < handle.position()) {
        LockSupport.parkNanos(100_000);
      }
      measure.print(
          name + "journal, batch " + batch + (settled ? ", settled" : ", kept"), MESSAGES);
    }
    ScratchFolder.empty(folder);
  }

  private static void reopen(Path folder, int count) throws Exception {
    AtomicLong synced = new AtomicLong();
    try (Journal journal = open(folder).journal()) {
      JournalHandle handle = journal.handle(synced::set);
      for (int sequence = 0; sequence < count; sequence++) {
        handle.append(
            1 + sequence % 10, sequence / 10, new Message(), RefAttributes.ofBody(BODY_BYTES));
        if (sequence % 128 == 127) {
          handle.flush();
          while (handle.position() - synced.get() > 20_000) {
            LockSupport.parkNanos(100_000);
          }
        }
      }
      handle.flush();
      while (synced.get() < handle.position()) {
        LockSupport.parkNanos(100_000);
      }
    }
    for (int round = 0; round < 3; round++) {
      long start = System.nanoTime();
      Opened opened = open(folder);
      System.out.printf(
          "reopened %,d messages in %.2f s (%d segments)%n",
          opened.report().liveReferences(),
          (System.nanoTime() - start) / 1e9,
          opened.report().segments());
      if (round == 2) {
        index(opened, count);
        read(opened);
      }
      opened.journal().close();
    }
    ScratchFolder.empty(folder);
  }

  private static void index(Opened opened, int count) {
    var stats = new CompletableFuture<Long>();
    opened.journal().stats(it -> stats.complete(it.indexHeapBytes()));
    System.out.printf("index: %.1f bytes of heap a message%n", (double) stats.join() / count);
  }

  private static void read(Opened opened) {
    long[] ids = new long[(int) opened.recovered().references(1)];
    int[] next = {0};
    opened.recovered().forEachReference(1, (sequence, id, attributes) -> ids[next[0]++] = id);
    long start = System.nanoTime();
    int pieces = 0;
    for (int from = 0; from + 256 <= ids.length; from += 256) {
      CompletableFuture<Integer> done = new CompletableFuture<>();
      long[] piece = java.util.Arrays.copyOfRange(ids, from, from + 256);
      opened.journal().read(piece, (payloads, failure) -> done.complete(payloads.length));
      done.join();
      pieces++;
    }
    System.out.printf(
        "read back every tenth message, 256 at a time: %.1f us a message%n",
        (System.nanoTime() - start) / 1e3 / (pieces * 256.0));
  }

  private static Opened open(Path folder) throws IOException {
    return Journal.open(
        folder,
        JournalOptions.defaults(),
        new RealFiles(),
        cause -> {
          throw new IllegalStateException(cause);
        });
  }
}
