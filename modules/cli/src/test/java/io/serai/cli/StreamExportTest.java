package io.serai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.node.store.JournalStore;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.Store;
import io.serai.routing.stream.StreamBatch;
import io.serai.routing.stream.StreamEntry;
import io.serai.routing.stream.StreamFilter;
import io.serai.routing.stream.StreamLog;
import io.serai.routing.stream.StreamSettings;
import io.serai.routing.stream.StreamStore;
import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.JournalOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code store export} and {@code store import} of streams. */
class StreamExportTest {
  private static final long STREAM = 17;
  private static final long EMPTY_STREAM = 18;
  private static final int MESSAGES = 100;
  private static final int BODY_CHARACTERS = 20_000;

  /** Several segments, of which the oldest go. */
  private static final StreamSettings KEEPS_SOME =
      new StreamSettings(StreamSettings.UNLIMITED, 1_000_000, 500_000_000, 16);

  @TempDir Path folder;
  private Path data;
  private Path file;
  private Path copy;

  @BeforeEach
  void fill() throws Exception {
    data = folder.resolve("data");
    file = folder.resolve("export.json");
    copy = folder.resolve("copy");
    try (JournalStore journal = open(data)) {
      Store store = journal.open(0, Runnable::run);
      store.put(FactKind.QUEUE, new byte[] {1}, new byte[] {2});
      store.flush();
      StreamStore streams = journal.openStreams(0, Runnable::run);
      StreamLog log = streams.open(STREAM, KEEPS_SOME, _ -> {});
      for (int i = 0; i < MESSAGES; i++) {
        log.append(message(i), 1_000 + i, i % 2 == 0 ? "even" : null);
        streams.flush();
      }
      streams.open(EMPTY_STREAM, KEEPS_SOME, _ -> {});
    }
  }

  private static JournalStore open(Path folder) throws Exception {
    JournalStore journal =
        JournalStore.open(
            folder, JournalOptions.defaults().withSegmentBytes(1 << 20), new RealFiles(), _ -> {});
    journal.recover();
    return journal;
  }

  private static Message message(int number) {
    return new Message(
        Address.ofQueue("s"),
        Encoding.Neutral.NONE,
        Body.ofUtf8("%d ".formatted(number).repeat(BODY_CHARACTERS / 3)),
        Origin.ofBroker("/"),
        7);
  }

  private static String exported(Path from, Path to) {
    CommandRun run = CommandRun.of("store", "export", from.toString(), to.toString());
    assertThat(run.exitCode()).as(run.out()).isZero();
    return run.out();
  }

  private CommandRun imported() {
    return CommandRun.of("store", "import", copy.toString(), file.toString());
  }

  private static List<StreamEntry> read(StreamLog log) throws Exception {
    List<StreamEntry> all = new ArrayList<>();
    for (long next = log.firstOffset(); next < log.nextOffset(); ) {
      CompletableFuture<StreamBatch> read = new CompletableFuture<>();
      log.read(next, 1 << 16, StreamFilter.ALL, read::complete);
      StreamBatch batch = read.get(60, TimeUnit.SECONDS);
      all.addAll(batch.entries());
      next = batch.nextOffset();
    }
    return all;
  }

  private static void assertIsMessage(StreamEntry entry) {
    int number = (int) entry.offset();
    assertThat(entry.timestampMillis()).isEqualTo(1_000 + number);
    assertThat(entry.filterValue()).isEqualTo(number % 2 == 0 ? "even" : null);
    assertThat(entry.message().body().toUtf8()).isEqualTo(message(number).body().toUtf8());
  }

  @Test
  void aStreamHasItsMessagesAtTheirOffsetsAndGoesOnWhereItWas() throws Exception {
    assertThat(exported(data, file)).contains(" messages in 1 streams");
    CommandRun imported = imported();
    assertThat(imported.exitCode()).as(imported.out()).isZero();
    assertThat(CommandRun.of("store", "check", copy.toString()).exitCode()).isZero();
    long first;
    try (JournalStore journal = open(data)) {
      StreamStore streams = journal.openStreams(0, Runnable::run); // no limits: it takes no more
      first = streams.open(STREAM, StreamSettings.DEFAULT, _ -> {}).firstOffset();
      assertThat(first).as("retention has taken some").isPositive().isLessThan(MESSAGES);
    }
    try (JournalStore journal = open(copy)) {
      StreamStore streams = journal.openStreams(0, Runnable::run);
      StreamLog log = streams.open(STREAM, StreamSettings.DEFAULT, _ -> {});
      assertThat(log.firstOffset()).isEqualTo(first);
      List<StreamEntry> entries = read(log);
      assertThat(entries).hasSize((int) (MESSAGES - first));
      assertThat(entries.getFirst().offset()).isEqualTo(first);
      entries.forEach(StreamExportTest::assertIsMessage);
      assertThat(log.append(message(MESSAGES), 1_000 + MESSAGES, "even")).isEqualTo(MESSAGES);
      streams.flush();
    }
    try (var segments = Files.list(copy.resolve("streams/00000000000000000017"))) {
      assertThat(segments.count()).as("retention goes on in small steps").isGreaterThan(1);
    }
  }

  @Test
  void theExportOfAnImportIsTheSame() throws Exception {
    exported(data, file);
    imported();
    Path second = folder.resolve("second.json");
    exported(copy, second);
    assertThat(withoutSizes(second)).containsExactlyElementsOf(withoutSizes(file));
  }

  /** How large files are depends on what was written at once. */
  private static List<String> withoutSizes(Path file) throws Exception {
    return Files.readAllLines(file).stream()
        .map(line -> line.replaceFirst("\"segment_bytes\":\\d+", ""))
        .toList();
  }

  /** What was lost before, with consent, is missing in the export; others keep their offsets. */
  @Test
  void aGapStaysAGap() throws Exception {
    exported(data, file);
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.removeIf(line -> line.contains("\"offset\":90,") || line.contains("\"offset\":99,"));
    JsonObject end = new JsonObject(lines.removeLast());
    JsonObject counts = end.getJsonObject("end");
    counts.put("stream_messages", counts.getLong("stream_messages") - 2);
    lines.add(end.encode());
    Files.write(file, lines);
    CommandRun imported = imported();
    assertThat(imported.exitCode()).as(imported.out()).isZero();
    CommandRun check = CommandRun.of("store", "check", copy.toString());
    assertThat(check.exitCode()).as(check.out()).isZero();
    try (JournalStore journal = open(copy)) {
      StreamStore streams = journal.openStreams(0, Runnable::run);
      StreamLog log = streams.open(STREAM, StreamSettings.DEFAULT, _ -> {});
      List<StreamEntry> entries = read(log);
      entries.forEach(StreamExportTest::assertIsMessage);
      assertThat(entries).extracting(StreamEntry::offset).contains(89L, 91L, 98L);
      assertThat(entries).extracting(StreamEntry::offset).doesNotContain(90L, 99L);
      assertThat(log.nextOffset()).as("99 was another message's").isEqualTo(MESSAGES);
    }
  }

  @Test
  void linesThatMakeNoSenseAreRefusedAndNothingIsWritten() throws Exception {
    exported(data, file);
    List<String> lines = Files.readAllLines(file);
    int at = 0;
    while (!lines.get(at).contains("\"next_offset\"")) {
      at++;
    }
    String begins = lines.get(at);
    String message = lines.get(at + 1);
    List<String> head = lines.subList(0, at);
    String end = lines.getLast();
    Map<String, List<String>> cases =
        Map.of(
            "which no line before it begins", List.of(message),
            "is there twice", List.of(begins, begins),
            "must be ", List.of(begins, message, message),
            "no \"timestamp_ms\"", List.of(begins, message.replace("\"timestamp_ms\"", "\"time\"")),
            "no \"head\"", List.of(begins, message.replace("\"head\"", "\"hat\"")),
            "more than 255 bytes", List.of(begins, withLongFilterValue(message)),
            "0 streams, 1 were written", List.of(end));
    for (Map.Entry<String, List<String>> one : cases.entrySet()) {
      List<String> broken = new ArrayList<>(head);
      broken.addAll(one.getValue());
      Files.write(file, broken);
      CommandRun refused = imported();
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.err()).contains(one.getKey()).contains(file + ":");
      assertThat(copy).doesNotExist();
    }
  }

  private static String withLongFilterValue(String line) {
    return new JsonObject(line).put("filter_value", "x".repeat(256)).encode();
  }

  @Test
  void aDamagedStreamIsNotExportedWithoutAWord() throws Exception {
    Path segment;
    try (var segments = Files.list(data.resolve("streams/00000000000000000017"))) {
      segment = segments.sorted().findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(segment);
    bytes[500] ^= 1;
    Files.write(segment, bytes);
    CommandRun run = CommandRun.of("store", "export", data.toString(), file.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains(segment.toString()).contains("store check");
  }
}
