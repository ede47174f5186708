package io.serai.routing.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every store of streams promises, by the one in memory. */
class MemoryStreamsTest {
  private final ArrayDeque<Runnable> later = new ArrayDeque<>();
  private final MemoryStreams store = new MemoryStreams(later::add);
  private final List<Long> synced = new ArrayList<>();

  private StreamLog open(StreamSettings settings) {
    return store.open(17, settings, synced::add);
  }

  private static Message message(String text) {
    return new Message(
        Address.ofTopic(Topic.of("t", Spelling.DOT)),
        Encoding.Neutral.NONE,
        Body.ofUtf8(text),
        Origin.ofBroker("/"),
        0);
  }

  private static void append(StreamLog log, long millis, String... texts) {
    for (String text : texts) {
      log.append(message(text), millis, null);
    }
  }

  private StreamBatch read(StreamLog log, long from, int maxBytes) {
    List<StreamBatch> answers = new ArrayList<>();
    log.read(from, maxBytes, StreamFilter.ALL, answers::add);
    assertThat(answers).as("answers come later").isEmpty();
    later.remove().run();
    assertThat(answers).hasSize(1);
    return answers.getFirst();
  }

  private static List<String> texts(StreamBatch batch) {
    return batch.entries().stream().map(entry -> entry.message().body().toUtf8()).toList();
  }

  private long sinceOf(StreamLog log, long millis) {
    List<Long> found = new ArrayList<>();
    log.findTimestamp(millis, found::add);
    later.remove().run();
    return found.getFirst();
  }

  @Test
  void offsetsCountFromZeroAndAreReadableOnceSynced() {
    StreamLog log = open(StreamSettings.DEFAULT);
    assertThat(log.append(message("a"), 1000, null)).isZero();
    assertThat(log.append(message("b"), 1000, null)).isEqualTo(1);
    assertThat(read(log, 0, 1000).entries()).isEmpty();
    assertThat(synced).isEmpty();
    store.flush();
    assertThat(synced).containsExactly(2L);
    assertThat(log.syncedOffset()).isEqualTo(2);
    StreamBatch batch = read(log, 0, 10_000);
    assertThat(texts(batch)).containsExactly("a", "b");
    assertThat(batch.nextOffset()).isEqualTo(2);
  }

  @Test
  void theStoreSaysWhatIsSafeAfterTheStreamsKnow() {
    List<Object> order = new ArrayList<>();
    store.onSynced(position -> order.add("position " + position));
    StreamLog log = store.open(17, StreamSettings.DEFAULT, offset -> order.add("stream " + offset));
    append(log, 0, "a", "b");
    store.flush();
    store.flush();
    assertThat(order).containsExactly("stream 2", "position 2");
  }

  @Test
  void aReadStopsWithTheMessageThatFillsIt() {
    StreamLog log = open(StreamSettings.DEFAULT);
    append(log, 0, "a", "b", "c");
    store.flush();
    StreamBatch one = read(log, 0, 1);
    assertThat(texts(one)).containsExactly("a");
    StreamBatch next = read(log, one.nextOffset(), 10_000);
    assertThat(texts(next)).containsExactly("b", "c");
    assertThat(read(log, next.nextOffset(), 10_000)).isEqualTo(new StreamBatch(List.of(), 3));
  }

  @Test
  void theLastChunkIsWhatWasAppendedTogether() {
    StreamLog log = open(StreamSettings.DEFAULT);
    assertThat(log.lastChunkOffset()).isZero();
    append(log, 0, "a", "b");
    store.flush();
    append(log, 0, "c", "d");
    store.flush();
    assertThat(log.lastChunkOffset()).isEqualTo(2);
  }

  @Test
  void aTimeIsFoundByTheFirstMessageThatIsNotOlder() {
    StreamLog log = open(StreamSettings.DEFAULT);
    append(log, 1000, "a");
    append(log, 3000, "b");
    append(log, 2000, "the clock went back");
    store.flush();
    assertThat(sinceOf(log, 0)).isZero();
    assertThat(sinceOf(log, 1001)).isEqualTo(1);
    assertThat(sinceOf(log, 3000)).isEqualTo(1);
    assertThat(sinceOf(log, 3001)).isEqualTo(3);
    assertThat(read(log, 2, 10_000).entries().getFirst().timestampMillis()).isEqualTo(2000);
  }

  @Test
  void retentionBySizeTakesTheOldestSegments() {
    int one = message("a").sizeBytes();
    StreamLog log = open(new StreamSettings(-1, 3L * one, one, 16));
    append(log, 0, "a", "b", "c", "d", "e");
    store.flush();
    assertThat(log.firstOffset()).isEqualTo(2);
    assertThat(log.sizeBytes()).isEqualTo(3L * one);
    assertThat(texts(read(log, 0, 10_000))).containsExactly("c", "d", "e");
  }

  @Test
  void retentionByAgeLeavesTheNewestSegment() {
    StreamLog log = open(new StreamSettings(1000, -1, 1, 16));
    append(log, 0, "a", "b");
    append(log, 5000, "c");
    store.flush();
    assertThat(log.firstOffset()).isEqualTo(2);
    log.configure(new StreamSettings(-1, 1, 1, 16));
    append(log, 5000, "d");
    store.flush();
    assertThat(texts(read(log, 0, 10_000))).containsExactly("d");
  }

  @Test
  void aDeletedStreamAnswersNoMore() {
    StreamLog log = open(StreamSettings.DEFAULT);
    append(log, 0, "a");
    store.flush();
    log.read(0, 1000, StreamFilter.ALL, _ -> synced.add(-1L));
    append(log, 0, "b");
    log.delete();
    later.remove().run();
    store.flush();
    assertThat(synced).containsExactly(1L);
  }
}
