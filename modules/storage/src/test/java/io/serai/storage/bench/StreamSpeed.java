package io.serai.storage.bench;

import io.serai.storage.file.RealFiles;
import io.serai.storage.stream.StreamAppender;
import io.serai.storage.stream.StreamFilter;
import io.serai.storage.stream.StreamLog;
import io.serai.storage.stream.StreamOptions;
import io.serai.storage.stream.StreamRead;
import io.serai.storage.stream.StreamRecord;
import io.serai.storage.stream.StreamStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast streams are on this machine: CPU microseconds a message of the whole process, appended
 * by one loop and read by one reader, and the time to open them again. Run with a folder on the
 * disk in question.
 */
public final class StreamSpeed {
  private static final int MESSAGES = Integer.getInteger("messages", 500_000);
  private static final int IN_FLIGHT = 4096;

  private record Message(byte[] body) implements StreamRecord {
    @Override
    public int encodedSize() {
      return body.length;
    }

    @Override
    public void encode(ByteBuffer into) {
      into.put(body);
    }
  }

  private StreamSpeed() {}

  /** The folder is used, emptied and left empty. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Measure.printHead("");
    for (int round = 0; round < 2; round++) {
      String name = round == 0 ? "(warming up) " : "";
      for (int bytes : new int[] {16, 1024}) {
        for (int batch : new int[] {1, 16, 128}) {
          append(folder, name, bytes, batch, MESSAGES);
          if (batch == 128) {
            read(folder, name + bytes + " B, ");
          }
          ScratchFolder.empty(folder);
        }
      }
    }
    spread(folder, 10);
    spread(folder, 400);
    idle(folder, 10_000);
    append(folder, "", 100, 128, Integer.getInteger("many", 10_000_000));
    reopen(folder);
    ScratchFolder.empty(folder);
  }

  private static void append(Path folder, String name, int bytes, int batch, int messages)
      throws Exception {
    AtomicLong synced = new AtomicLong();
    Thread self = Thread.currentThread();
    try (StreamStorage storage = open(folder)) {
      StreamLog log = storage.log(1);
      StreamAppender appender =
          storage.appender(position -> {
            synced.set(position);
            LockSupport.unpark(self);
          });
      Message message = new Message(new byte[bytes]);
      Measure measure = new Measure();
      for (int sent = 1; sent <= messages; sent++) {
        appender.append(log, message, sent / 100, sent / batch % 50 == 0 ? "rare" : null);
        if (sent % batch == 0) {
          appender.flush();
          while (sent - synced.get() > IN_FLIGHT) {
            LockSupport.parkNanos(100_000);
          }
        }
      }
      appender.flush();
      while (synced.get() < messages) {
        LockSupport.parkNanos(100_000);
      }
      measure.print(name + bytes + " B appended, flush each " + batch, messages);
    }
  }

  private static void read(Path folder, String name) throws Exception {
    try (StreamStorage storage = open(folder)) {
      StreamLog log = storage.log(1);
      for (int maxBytes : new int[] {16 << 10, 256 << 10}) {
        Measure measure = new Measure();
        long read = read(log, maxBytes, null);
        measure.print(name + "read " + (maxBytes >> 10) + " KiB at a time", read);
      }
      Measure measure = new Measure();
      read(log, 256 << 10, StreamFilter.of(Set.of("rare"), false));
      measure.print(name + "passed over by a filter", log.endOffset());
    }
  }

  private static long read(StreamLog log, int maxBytes, StreamFilter filter) throws Exception {
    long read = 0;
    long next = 0;
    while (next < log.endOffset()) {
      CompletableFuture<StreamRead> answer = new CompletableFuture<>();
      log.read(next, maxBytes, filter, answer::complete);
      StreamRead piece = answer.get();
      read += piece.entries().size();
      next = piece.nextOffset();
    }
    return read;
  }

  private static void reopen(Path folder) throws Exception {
    for (int round = 0; round < 3; round++) {
      long started = System.nanoTime();
      try (StreamStorage storage = open(folder)) {
        long opened = System.nanoTime();
        CompletableFuture<StreamRead> middle = new CompletableFuture<>();
        storage.log(1).read(storage.log(1).endOffset() / 2, 1000, null, middle::complete);
        middle.join();
        System.out.printf(
            "%,d messages in %d segments opened in %.1f ms, first read in the middle %.1f ms%n",
            storage.log(1).endOffset(),
            storage.log(1).segments(),
            (opened - started) / 1e6,
            (System.nanoTime() - opened) / 1e6);
      }
    }
  }

  /** Many streams with a message each. */
  private static void idle(Path folder, int streams) throws Exception {
    AtomicLong synced = new AtomicLong();
    try (StreamStorage storage = open(folder)) {
      StreamAppender appender = storage.appender(synced::set);
      for (int stream = 1; stream <= streams; stream++) {
        appender.append(storage.log(stream), new Message(new byte[100]), 1, null);
      }
      appender.flush();
      while (synced.get() < streams) {
        LockSupport.parkNanos(100_000);
      }
    }
    long started = System.nanoTime();
    long before = heapBytes();
    try (StreamStorage storage = open(folder)) {
      System.out.printf(
          "%,d streams opened in %.0f ms, %d bytes of heap each%n",
          storage.streams().size(),
          (System.nanoTime() - started) / 1e6,
          (heapBytes() - before) / streams);
    }
    ScratchFolder.empty(folder);
  }

  /** A message to each of many streams, again and again; each time is waited for. */
  private static void spread(Path folder, int streams) throws Exception {
    AtomicLong synced = new AtomicLong();
    try (StreamStorage storage = open(folder)) {
      StreamAppender appender = storage.appender(synced::set);
      Measure measure = new Measure();
      int rounds = 20;
      for (int round = 1; round <= rounds; round++) {
        for (int stream = 1; stream <= streams; stream++) {
          appender.append(storage.log(stream), new Message(new byte[100]), 1, null);
        }
        appender.flush();
        while (synced.get() < (long) round * streams) {
          LockSupport.parkNanos(100_000);
        }
      }
      measure.print("a message to each of " + streams + " streams", (long) rounds * streams);
    }
    ScratchFolder.empty(folder);
  }

  private static long heapBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static StreamStorage open(Path folder) throws IOException {
    return StreamStorage.open(
        folder,
        StreamOptions.defaults(),
        new RealFiles(),
        cause -> {
          throw new IllegalStateException(cause);
        });
  }
}
