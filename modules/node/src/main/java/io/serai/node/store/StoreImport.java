package io.serai.node.store;

import static io.serai.node.store.MessageText.bytes;
import static io.serai.node.store.MessageText.required;

import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.Journal;
import io.serai.storage.journal.JournalHandle;
import io.serai.storage.journal.JournalOptions;
import io.serai.storage.journal.RefAttributes;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a data folder out of what {@link StoreExport} wrote. Everything is read and checked before
 * anything is written.
 */
public final class StoreImport {
  private static final int LINES_AT_ONCE = 1000;

  /** Where what lines say goes. */
  private record Target(JournalHandle journal, StreamImport streams) {}

  /** What a line says to do. */
  private interface Step {
    Step NOTHING = _ -> {};

    void into(Target target) throws IOException;
  }

  private record Place(long owner, long sequence) {}

  private final MessageText text = new MessageText();
  private final StreamLines streams = new StreamLines(text);
  private final Set<Place> places = new HashSet<>();
  private long facts;
  private long messages;
  private boolean hasEnded;

  private StoreImport() {}

  /**
   * Writes a data folder.
   *
   * @param target a new or an empty folder
   * @return what was written, in one line
   * @throws IOException when the file is not whole, with the line, or the folder cannot be written
   */
  public static String read(Path file, Path target) throws IOException {
    DataCopy.checkTarget(target);
    if (Files.isDirectory(file)) {
      throw new IOException(file + " is a folder: name a file that export has made");
    }
    StoreImport checked = new StoreImport();
    checked.each(file, _ -> {});
    if (!checked.hasEnded) {
      throw new IOException(file + " has no end: it was cut off");
    }
    write(file, target, checked.streams.found());
    return StoreExport.summary(
        checked.facts,
        checked.messages,
        checked.places.size(),
        checked.streams.found().size(),
        checked.streams.messages());
  }

  private static void write(Path file, Path target, Map<Long, StreamLines.Found> found)
      throws IOException {
    UnfinishedMark.set(target);
    RealFiles files = new RealFiles();
    ImportProgress progress = new ImportProgress();
    try (Journal journal =
            Journal.open(
                    target.resolve(JournalStore.FOLDER), JournalOptions.defaults(), files, progress)
                .journal();
        StreamImport streams = new StreamImport(target, found)) {
      JournalHandle handle = journal.handle(progress::synced);
      Target to = new Target(handle, streams);
      int[] lines = {0};
      new StoreImport()
          .each(
              file,
              step -> {
                step.into(to);
                if (++lines[0] % LINES_AT_ONCE == 0) {
                  sync(handle, progress);
                }
              });
      sync(handle, progress);
      streams.finish();
    }
    UnfinishedMark.clear(target);
  }

  private static void sync(JournalHandle handle, ImportProgress progress) throws IOException {
    handle.flush();
    progress.await(handle.position());
  }

  @FunctionalInterface
  private interface Steps {
    void accept(Step step) throws IOException;
  }

  private void each(Path file, Steps steps) throws IOException {
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      int number = 0;
      for (String next; (next = in.readLine()) != null; ) {
        number++;
        try {
          steps.accept(line(new JsonObject(next), number));
        } catch (RuntimeException e) {
          String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
          throw new IOException(file + ":" + number + ": " + said, e);
        }
      }
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is no text in UTF-8, so export has not made it", e);
    }
  }

  private Step line(JsonObject line, int number) {
    if (hasEnded) {
      throw new IllegalArgumentException("something follows the end");
    }
    if (number == 1) {
      int version = required(line.getInteger("serai_export"), "serai_export");
      if (version < 1 || version > StoreExport.VERSION) {
        throw new IllegalArgumentException(
            "an export of version %d, this program reads up to %d"
                .formatted(version, StoreExport.VERSION));
      }
      return Step.NOTHING;
    }
    if (line.containsKey("end")) {
      return end(line.getJsonObject("end"));
    }
    if (line.containsKey("stream")) {
      return line.containsKey("offset") ? streamMessage(line) : stream(line);
    }
    return line.containsKey("fact") ? fact(line) : message(line);
  }

  private Step end(JsonObject end) {
    check("facts", end.getLong("facts"), facts);
    check("messages", end.getLong("messages"), messages);
    check("streams", end.getLong("streams", 0L), streams.found().size()); // version 1 has none
    check("stream_messages", end.getLong("stream_messages", 0L), streams.messages());
    hasEnded = true;
    return Step.NOTHING;
  }

  private static void check(String what, @Nullable Long said, long found) {
    long written = required(said, what);
    if (written != found) {
      throw new IllegalArgumentException(
          "there are %d %s, %d were written".formatted(found, what, written));
    }
  }

  private Step stream(JsonObject line) {
    streams.stream(line);
    return Step.NOTHING;
  }

  private Step streamMessage(JsonObject line) {
    StreamLines.Entry entry = streams.message(line);
    return target -> target.streams().append(entry);
  }

  private Step fact(JsonObject line) {
    facts++;
    int kind = required(line.getInteger("kind"), "kind");
    if (kind < 1 || kind > 255) {
      throw new IllegalArgumentException("kind " + kind + " is not from 1 to 255");
    }
    byte[] key = bytes(line, "key");
    byte[] value = bytes(line, "value");
    return target -> target.journal().put((byte) kind, key, value);
  }

  private Step message(JsonObject line) {
    messages++;
    StoredBytes payload = new StoredBytes(text.payload(line));
    List<?> in = required(line.getJsonArray("in"), "in").getList();
    RefAttributes[] attributes = new RefAttributes[in.size()];
    Place[] at = new Place[in.size()];
    for (int i = 0; i < at.length; i++) {
      JsonObject one = line.getJsonArray("in").getJsonObject(i);
      at[i] =
          new Place(
              required(one.getLong("owner"), "owner"),
              required(one.getLong("sequence"), "sequence"));
      if (!places.add(at[i])) {
        throw new IllegalArgumentException("owner and sequence of another message: " + at[i]);
      }
      attributes[i] =
          new RefAttributes(
              required(one.getInteger("delivery_count"), "delivery_count"),
              required(one.getLong("expires_ms"), "expires_ms"),
              required(one.getInteger("priority"), "priority"),
              required(one.getInteger("body_bytes"), "body_bytes"),
              bytes(one, "beside"));
    }
    return target -> {
      for (int i = 0; i < at.length; i++) {
        target.journal().append(at[i].owner(), at[i].sequence(), payload, attributes[i]);
      }
    };
  }
}
