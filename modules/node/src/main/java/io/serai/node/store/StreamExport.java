package io.serai.node.store;

import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.Damage;
import io.serai.storage.journal.JournalListener;
import io.serai.storage.stream.StreamEntry;
import io.serai.storage.stream.StreamLog;
import io.serai.storage.stream.StreamOptions;
import io.serai.storage.stream.StreamRead;
import io.serai.storage.stream.StreamStorage;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The streams of an export: a line for each, and one for each of their messages. */
final class StreamExport {
  private static final int READ_BYTES = 1 << 20;

  /** Smaller segments are not worth a file each. */
  private static final long LEAST_SEGMENT_BYTES = 128 << 10;

  /** Where lines go. */
  @FunctionalInterface
  interface Lines {
    void line(JsonObject line) throws IOException;
  }

  /** Told on readers' threads what is not as it was written. */
  private static final class Damages implements JournalListener {
    final AtomicReference<@Nullable Damage> first = new AtomicReference<>();

    @Override
    public void failed(Throwable cause) {
      throw new IllegalStateException("nothing is written", cause);
    }

    @Override
    public void damaged(Damage damage) {
      first.compareAndSet(null, damage);
    }
  }

  private final Damages damages = new Damages();
  private final MessageText text;
  private final Lines out;
  private long streams;
  private long messages;

  StreamExport(MessageText text, Lines out) {
    this.text = text;
    this.out = out;
  }

  long streams() {
    return streams;
  }

  long messages() {
    return messages;
  }

  /**
   * Writes all streams of a data folder.
   *
   * @throws IOException when one cannot be read or is damaged; says where
   */
  void write(Path dataFolder) throws IOException {
    try (StreamStorage storage =
        StreamStorage.open(
            dataFolder.resolve(DiskStreams.FOLDER),
            StreamOptions.defaults(),
            new RealFiles(),
            damages)) {
      for (long stream : storage.streams().stream().sorted().toList()) {
        StreamLog log = storage.log(stream);
        if (log.endOffset() > 0) {
          write(log);
        }
      }
    }
  }

  private void write(StreamLog log) throws IOException {
    streams++;
    out.line(
        new JsonObject()
            .put("stream", log.stream())
            .put("next_offset", log.endOffset())
            .put(
                "segment_bytes",
                Math.max(LEAST_SEGMENT_BYTES, log.diskBytes() / Math.max(1, log.segments()))));
    for (long next = log.firstOffset(); next < log.endOffset(); ) {
      CompletableFuture<StreamRead> answer = new CompletableFuture<>();
      log.read(next, READ_BYTES, null, answer::complete);
      StreamRead read = answer.join();
      Damage damage = damages.first.get();
      if (damage != null) {
        throw new IOException(damage + ": run `serai store check`");
      }
      for (StreamEntry entry : read.entries()) {
        write(log.stream(), entry);
      }
      next = read.nextOffset();
    }
  }

  private void write(long stream, StreamEntry entry) throws IOException {
    messages++;
    JsonObject line =
        new JsonObject()
            .put("stream", stream)
            .put("offset", entry.offset())
            .put("timestamp_ms", entry.timestampMillis());
    String filterValue = entry.filterValue();
    if (filterValue != null) {
      line.put("filter_value", filterValue);
    }
    text.put(line, Arrays.copyOfRange(entry.data(), entry.from(), entry.from() + entry.length()));
    out.line(line);
  }
}
