package io.serai.node.store;

import io.serai.routing.store.FactKind;
import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.Journal;
import io.serai.storage.journal.JournalOptions;
import io.serai.storage.journal.Opened;
import io.serai.storage.journal.Recovered;
import io.serai.storage.journal.RefAttributes;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a journal and the streams beside it hold as text, one JSON object to a line, as
 * docs/storage.md has it. What people read in a line is there for them; what {@link StoreImport}
 * reads is the rest.
 */
public final class StoreExport {
  /** The version of the text; raised when an older program could not read it. 2 has streams. */
  static final int VERSION = 2;

  private static final int READ_AT_ONCE = 256;
  private static final Base64.Encoder BASE64 = Base64.getEncoder();

  /** A reference of a message. */
  private record Reference(long owner, long sequence, RefAttributes attributes) {}

  private final Journal journal;
  private final Recovered recovered;
  private final Writer out;
  private final MessageText text = new MessageText();
  private long facts;
  private long messages;
  private long references;

  private StoreExport(Opened opened, Writer out) {
    this.journal = opened.journal();
    this.recovered = opened.recovered();
    this.out = out;
  }

  /**
   * Writes what the data folder of a node that does not run holds.
   *
   * @return what was written, in one line
   * @throws IOException when it cannot be read or written; says why
   */
  public static String write(Path dataFolder, Writer out) throws IOException {
    // As a start does: transactions that the node ended over are completed first.
    JournalStore.open(dataFolder, JournalOptions.defaults(), new RealFiles(), _ -> {}).close();
    Opened opened =
        Journal.open(
            dataFolder.resolve(JournalStore.FOLDER),
            JournalOptions.defaults(),
            new RealFiles(),
            _ -> {});
    try (Journal _ = opened.journal()) {
      return new StoreExport(opened, out).run(dataFolder);
    }
  }

  private String run(Path dataFolder) throws IOException {
    line(new JsonObject().put("serai_export", VERSION));
    List<JsonObject> lines = new ArrayList<>();
    recovered.forEachFact(
        (kind, key, value) -> lines.add(fact(Byte.toUnsignedInt(kind), key, value)));
    for (JsonObject fact : lines) {
      line(fact);
      facts++;
    }
    Map<Long, List<Reference>> byMessage = new TreeMap<>();
    for (long owner : recovered.owners()) {
      recovered.forEachReference(
          owner,
          (sequence, id, attributes) ->
              byMessage
                  .computeIfAbsent(id, _ -> new ArrayList<>(1))
                  .add(new Reference(owner, sequence, attributes)));
      recovered.release(owner);
    }
    long[] ids = byMessage.keySet().stream().mapToLong(Long::longValue).toArray();
    for (int from = 0; from < ids.length; from += READ_AT_ONCE) {
      long[] some = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + READ_AT_ONCE));
      byte[] @Nullable [] payloads = read(some);
      for (int i = 0; i < some.length; i++) {
        byte[] payload = payloads[i];
        if (payload == null) {
          throw new IOException("message " + some[i] + " has no content: run `serai store check`");
        }
        message(payload, byMessage.getOrDefault(some[i], List.of()));
      }
    }
    StreamExport streams = new StreamExport(text, this::line);
    streams.write(dataFolder);
    line(
        new JsonObject()
            .put(
                "end",
                new JsonObject()
                    .put("facts", facts)
                    .put("messages", messages)
                    .put("streams", streams.streams())
                    .put("stream_messages", streams.messages())));
    out.flush();
    return summary(facts, messages, references, streams.streams(), streams.messages());
  }

  static String summary(
      long facts, long messages, long references, long streams, long streamMessages) {
    return "%d facts, %d messages in %d places, %d messages in %d streams"
        .formatted(facts, messages, references, streamMessages, streams);
  }

  private byte[] @Nullable [] read(long[] ids) {
    CompletableFuture<byte[] @Nullable []> read = new CompletableFuture<>();
    journal.read(
        ids,
        (found, failure) -> {
          if (failure == null) {
            read.complete(found);
          } else {
            read.completeExceptionally(failure);
          }
        });
    return MessageLoader.join(read);
  }

  private static JsonObject fact(int kind, byte[] key, byte[] value) {
    String name =
        Arrays.stream(FactKind.values())
            .filter(one -> one.number() == kind)
            .map(one -> one.name().toLowerCase(Locale.ROOT))
            .findFirst()
            .orElse("unknown");
    return new JsonObject()
        .put("fact", name)
        .put("kind", kind)
        .put("key", BASE64.encodeToString(key))
        .put("value", BASE64.encodeToString(value));
  }

  private void message(byte[] payload, List<Reference> in) throws IOException {
    JsonObject line = new JsonObject();
    text.put(line, payload);
    List<JsonObject> places = new ArrayList<>();
    for (Reference one : in) {
      places.add(
          new JsonObject()
              .put("owner", one.owner())
              .put("sequence", one.sequence())
              .put("delivery_count", one.attributes().deliveryCount())
              .put("expires_ms", one.attributes().expiresAtMillis())
              .put("priority", one.attributes().priority())
              .put("body_bytes", one.attributes().bodyBytes())
              .put("beside", BASE64.encodeToString(one.attributes().opaque())));
    }
    line(line.put("in", places));
    messages++;
    references += in.size();
  }

  private void line(JsonObject object) throws IOException {
    out.write(object.encode());
    out.write('\n');
  }
}
