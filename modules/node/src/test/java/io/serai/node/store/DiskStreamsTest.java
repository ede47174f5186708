package io.serai.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.routing.stream.StreamBatch;
import io.serai.routing.stream.StreamFilter;
import io.serai.routing.stream.StreamLog;
import io.serai.routing.stream.StreamSettings;
import io.serai.routing.stream.StreamStore;
import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.JournalListener;
import io.serai.storage.stream.StreamLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams on disk as routing uses them: on one loop, with messages. */
@Timeout(300)
class DiskStreamsTest {
  private static final JournalListener SILENT = _ -> {};

  @TempDir Path folder;
  private final ExecutorService loop = Executors.newSingleThreadExecutor();
  private final List<String> told = new ArrayList<>();
  private DiskStreams disk;
  private StreamStore store;

  @AfterEach
  void stop() {
    if (disk != null) {
      disk.close();
    }
    loop.close();
  }

  private void open(boolean isComplete) throws Exception {
    disk = DiskStreams.open(folder, isComplete, new RealFiles(), SILENT);
    store = disk.ofLoop(loop);
    told.clear();
  }

  private void restart(boolean isComplete) throws Exception {
    disk.close();
    open(isComplete);
  }

  private StreamLog log(long owner) {
    return store.open(owner, StreamSettings.DEFAULT, end -> told.add(owner + " synced " + end));
  }

  private <T> T onLoop(Supplier<T> task) throws ExecutionException, InterruptedException {
    return loop.submit(task::get).get();
  }

  private static Message message(String body) {
    return new Message(
        Address.ofQueue("q"),
        new Encoding.Neutral(
            Properties.builder().durable(true).build(), Headers.of(Header.of("k", body))),
        Body.ofUtf8(body),
        Origin.ofBroker("/"),
        1_000);
  }

  /** Ends the turn, returns when everything is safe. */
  private void sync() throws Exception {
    CompletableFuture<Void> isSafe = new CompletableFuture<>();
    onLoop(() -> {
      long wanted = store.position();
      AtomicLong last = new AtomicLong();
      store.onSynced(position -> {
        assertThat(position).isGreaterThanOrEqualTo(last.getAndSet(position));
        told.add("position " + position);
        if (position >= wanted) {
          isSafe.complete(null);
        }
      });
      store.flush();
      return null;
    });
    isSafe.get(60, TimeUnit.SECONDS);
  }

  private StreamBatch read(StreamLog log, long from, StreamFilter filter) throws Exception {
    CompletableFuture<StreamBatch> batch = new CompletableFuture<>();
    onLoop(() -> {
      log.read(from, 1 << 20, filter, batch::complete);
      return null;
    });
    return batch.get(60, TimeUnit.SECONDS);
  }

  private long since(StreamLog log, long millis) throws Exception {
    CompletableFuture<Long> found = new CompletableFuture<>();
    onLoop(() -> {
      log.findTimestamp(millis, found::complete);
      return null;
    });
    return found.get(60, TimeUnit.SECONDS);
  }

  @Test
  void messagesComeBackWholeUnderTheirOffsetsAfterARestart() throws Exception {
    open(true);
    StreamLog log = log(17);
    assertThat(log.lastChunkOffset()).isZero();
    for (int i = 0; i < 3; i++) {
      assertThat(log.append(message("body " + i), 1_000 + i, i == 1 ? "eu" : null)).isEqualTo(i);
    }
    assertThat(log.syncedOffset()).isZero();
    sync();
    restart(true);
    StreamLog again = log(17);
    assertThat(again.nextOffset()).isEqualTo(3);
    assertThat(again.syncedOffset()).isEqualTo(3);
    assertThat(again.lastChunkOffset()).isZero();
    StreamBatch batch = read(again, 0, StreamFilter.ALL);
    assertThat(batch.nextOffset()).isEqualTo(3);
    assertThat(batch.entries()).extracting(entry -> entry.offset()).containsExactly(0L, 1L, 2L);
    assertThat(batch.entries().get(1).message().body().toUtf8()).isEqualTo("body 1");
    assertThat(batch.entries().get(1).message().headers().first("k")).isNotNull();
    assertThat(batch.entries().get(1).filterValue()).isEqualTo("eu");
    assertThat(batch.entries().get(2).timestampMillis()).isEqualTo(1_002);
    assertThat(read(again, 0, new StreamFilter(Set.of("eu"), false)).entries()).hasSize(1);
    assertThat(since(again, 1_001)).isEqualTo(1);
    assertThat(since(again, 5_000)).isEqualTo(3);
  }

  @Test
  void aLogHearsOfItsSyncBeforeTheStoreDoes() throws Exception {
    open(true);
    StreamLog one = log(1);
    StreamLog two = log(2);
    onLoop(() -> one.append(message("a"), 1, null) + two.append(message("b"), 1, null));
    sync();
    assertThat(told).containsExactly("1 synced 1", "2 synced 1", "position 2");
    onLoop(() -> two.append(message("c"), 1, null));
    sync();
    assertThat(told).endsWith("2 synced 2", "position 3");
  }

  @Test
  void oneMessageInAStreamAndAJournalIsWrittenToBoth() throws Exception {
    open(true);
    Message shared = message("shared");
    StreamLog one = log(1);
    StreamLog two = log(2);
    onLoop(() -> one.append(shared, 1, null) + two.append(shared, 1, "x"));
    sync();
    assertThat(read(one, 0, StreamFilter.ALL).entries().getFirst().message().body().toUtf8())
        .isEqualTo("shared");
    assertThat(read(two, 0, StreamFilter.ALL).entries().getFirst().message().body().toUtf8())
        .isEqualTo("shared");
  }

  @Test
  void whatBelongsToNoQueueIsDeletedButNothingThatWasOpened() throws Exception {
    open(true);
    for (long owner = 1; owner <= 3; owner++) {
      log(owner).append(message("m"), 1, null);
    }
    sync();
    restart(true);
    log(2);
    store.deleteAllBut(Set.of(1L));
    restart(true);
    try (var left = Files.list(folder.resolve(DiskStreams.FOLDER))) {
      assertThat(left.filter(Files::isDirectory).map(it -> it.getFileName().toString()))
          .containsExactlyInAnyOrder("00000000000000000001", "00000000000000000002");
    }
  }

  @Test
  void whenNotAllQueuesAreKnownNothingIsTakenForALeftOver() throws Exception {
    open(true);
    log(1).append(message("m"), 1, null);
    sync();
    restart(false);
    store.deleteAllBut(Set.of());
    restart(true);
    assertThat(log(1).nextOffset()).isEqualTo(1);
  }

  @Test
  void aDeletedStreamAnswersNobody() throws Exception {
    open(true);
    StreamLog log = log(1);
    onLoop(() -> log.append(message("m"), 1, null));
    sync();
    List<Object> answers = new ArrayList<>();
    onLoop(() -> {
      log.read(0, 100, StreamFilter.ALL, answers::add);
      log.delete();
      log.read(0, 100, StreamFilter.ALL, answers::add);
      log.findTimestamp(1, answers::add);
      return null;
    });
    disk.close();
    onLoop(() -> null);
    assertThat(answers).isEmpty();
  }

  @Test
  void limitsAreThoseOfTheQueueInSegmentsOfBoundedSize() {
    assertThat(DiskStreams.limits(StreamSettings.DEFAULT))
        .isEqualTo(
            new StreamLimits(
                StreamLimits.NONE, StreamLimits.NONE, StreamLimits.DEFAULT_SEGMENT_BYTES));
    assertThat(DiskStreams.limits(new StreamSettings(5, 80 << 20, 1 << 20, 16)))
        .isEqualTo(new StreamLimits(5, 80 << 20, 1 << 20));
    assertThat(DiskStreams.limits(new StreamSettings(5, 80 << 20, 500_000_000, 16)))
        .as("an eighth of what is kept")
        .isEqualTo(new StreamLimits(5, 80 << 20, 10 << 20));
    assertThat(DiskStreams.limits(new StreamSettings(5, 6, 1 << 20, 16)))
        .isEqualTo(new StreamLimits(5, 6, 128 << 10));
  }

  @Test
  void aMessageThatNoFormatIsForIsKeptWithItsPropertiesAndHeaders() throws Exception {
    open(true);
    StreamLog log = log(1);
    Message odd = message("m").reencoded(new Odd());
    onLoop(() -> log.append(odd, 1, null));
    sync();
    Message read = read(log, 0, StreamFilter.ALL).entries().getFirst().message();
    assertThat(read.body().toUtf8()).isEqualTo("m");
    assertThat(read.properties()).isEqualTo(odd.properties());
    assertThat(read.headers()).isEqualTo(odd.headers());
  }

  /** What a module would say whose format is not installed. */
  private static final class Odd implements Encoding {
    @Override
    public boolean isDurable() {
      return true;
    }

    @Override
    public long expiryMillis() {
      return -1;
    }

    @Override
    public int priority() {
      return 0;
    }

    @Override
    public int sizeBytes() {
      return 0;
    }

    @Override
    public Properties properties() {
      return Properties.builder().type("odd").build();
    }

    @Override
    public Headers headers() {
      return Headers.of(Header.of("k", "v"));
    }
  }
}
