package io.serai.node.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Body;
import io.serai.model.Message;
import io.serai.model.StoredMessages;
import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.Journal;
import io.serai.storage.journal.JournalHandle;
import io.serai.storage.journal.JournalOptions;
import io.serai.storage.journal.RefAttributes;
import io.serai.storage.journal.StoredPayload;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a data folder out of what {@link StoreExport} wrote. Everything is read and checked before
 * anything is written.
 */
public final class StoreImport {
  private static final Base64.Decoder BASE64 = Base64.getDecoder();
  private static final int LINES_AT_ONCE = 1000;

  /** What a line says to do. */
  private interface Step {
    void into(JournalHandle handle);
  }

  /** A message as it is in the journal. */
  private static final class Bytes implements StoredPayload {
    private final byte[] bytes;
    private long id;

    Bytes(byte[] bytes) {
      this.bytes = bytes;
    }

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
      return bytes.length;
    }

    @Override
    public void encode(ByteBuffer into) {
      into.put(bytes);
    }
  }

  private record Place(long owner, long sequence) {}

  private final StoredMessages reader = new StoredMessages();
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
    StoreImport checked = new StoreImport();
    checked.each(file, _ -> {});
    if (!checked.hasEnded) {
      throw new IOException(file + " has no end: it was cut off");
    }
    try (JournalStore store =
        JournalStore.open(target, JournalOptions.defaults(), new RealFiles(), _ -> {})) {
      write(file, store.journal());
    }
    return "%d facts, %d messages in %d places"
        .formatted(checked.facts, checked.messages, checked.places.size());
  }

  private static void write(Path file, Journal journal) throws IOException {
    Object lock = new Object();
    long[] synced = {0};
    JournalHandle handle =
        journal.handle(position -> {
          synchronized (lock) {
            synced[0] = position;
            lock.notifyAll();
          }
        });
    int[] lines = {0};
    new StoreImport()
        .each(
            file,
            step -> {
              step.into(handle);
              if (++lines[0] % LINES_AT_ONCE == 0) {
                sync(handle, lock, synced);
              }
            });
    sync(handle, lock, synced);
  }

  private static void sync(JournalHandle handle, Object lock, long[] synced) {
    handle.flush();
    synchronized (lock) {
      while (synced[0] < handle.position()) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted", e);
        }
      }
    }
  }

  @FunctionalInterface
  private interface Steps {
    void accept(Step step);
  }

  private void each(Path file, Steps steps) throws IOException {
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      int number = 0;
      for (String text; (text = in.readLine()) != null; ) {
        number++;
        try {
          Step step = line(new JsonObject(text), number);
          steps.accept(step);
        } catch (RuntimeException e) {
          throw new IOException(file + ":" + number + ": " + e.getMessage(), e);
        }
      }
    }
  }

  private Step line(JsonObject line, int number) {
    if (hasEnded) {
      throw new IllegalArgumentException("something follows the end");
    }
    if (number == 1) {
      int version = required(line.getInteger("serai_export"), "serai_export");
      if (version != StoreExport.VERSION) {
        throw new IllegalArgumentException(
            "an export of version %d, this program reads %d"
                .formatted(version, StoreExport.VERSION));
      }
      return _ -> {};
    }
    if (line.containsKey("end")) {
      return end(line.getJsonObject("end"));
    }
    return line.containsKey("fact") ? fact(line) : message(line);
  }

  private Step end(JsonObject end) {
    long saidFacts = required(end.getLong("facts"), "facts");
    long saidMessages = required(end.getLong("messages"), "messages");
    if (saidFacts != facts || saidMessages != messages) {
      throw new IllegalArgumentException(
          "there were %d facts and %d messages, %d and %d were written"
              .formatted(facts, messages, saidFacts, saidMessages));
    }
    hasEnded = true;
    return _ -> {};
  }

  private Step fact(JsonObject line) {
    facts++;
    int kind = required(line.getInteger("kind"), "kind");
    if (kind < 1 || kind > 255) {
      throw new IllegalArgumentException("kind " + kind + " is not from 1 to 255");
    }
    byte[] key = bytes(line, "key");
    byte[] value = bytes(line, "value");
    return handle -> handle.put((byte) kind, key, value);
  }

  private Step message(JsonObject line) {
    messages++;
    Bytes payload = new Bytes(line.containsKey("stored") ? bytes(line, "stored") : joined(line));
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
    return handle -> {
      for (int i = 0; i < at.length; i++) {
        handle.append(at[i].owner(), at[i].sequence(), payload, attributes[i]);
      }
    };
  }

  /** A message's bytes out of all but its body, and its body. */
  private byte[] joined(JsonObject line) {
    Message head = reader.read(Unpooled.wrappedBuffer(bytes(line, "head")));
    ByteBuf out = Unpooled.buffer();
    StoredMessages.write(
        new Message(
            head.address(),
            head.encoding(),
            Body.of(bytes(line, "body")),
            head.origin(),
            head.receivedMillis()),
        out);
    byte[] joined = new byte[out.readableBytes()];
    out.readBytes(joined);
    return joined;
  }

  private static byte[] bytes(JsonObject line, String key) {
    return BASE64.decode(required(line.getString(key), key));
  }

  private static <T> T required(@Nullable T value, String key) {
    if (value == null) {
      throw new IllegalArgumentException("no \"" + key + "\"");
    }
    return value;
  }
}
