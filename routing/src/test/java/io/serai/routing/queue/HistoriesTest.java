package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoriesTest {
  private final MemoryAccount memory = new MemoryAccount();
  private final Histories histories = new Histories(memory);

  private static Message message(String text, long expiryMillis) {
    return new Message(
        Address.ofQueue("k"),
        new Encoding.Neutral(Properties.builder().expiryMillis(expiryMillis).build(), Headers.of()),
        Body.ofUtf8(text),
        ShardHarness.ORIGIN,
        1_000);
  }

  private List<String> read(String exchange, long nowMillis) {
    return histories.read("/", exchange, nowMillis).stream()
        .map(message -> message.body().toUtf8())
        .toList();
  }

  @Test
  void theLastMessagesAreKeptOldestFirst() {
    histories.begin("/", "room", 2);
    for (String text : List.of("a", "b", "c")) {
      histories.add("/", "room", message(text, -1));
    }
    assertThat(read("room", 0)).containsExactly("b", "c");
    assertThat(histories.read("other", "room", 0)).isEmpty();
  }

  @Test
  void whatHasExpiredIsNotGivenAnyMore() {
    histories.begin("/", "room", 5);
    histories.add("/", "room", message("short", 10));
    histories.add("/", "room", message("long", 20));
    assertThat(read("room", 1_009)).containsExactly("short", "long");
    assertThat(read("room", 1_010)).containsExactly("long");
  }

  @Test
  void whatIsKeptCountsAsMemoryUntilItGoes() {
    histories.begin("/", "room", 2);
    for (int n = 0; n < 5; n++) {
      histories.add("/", "room", message("0123456789", -1));
    }
    assertThat(memory.heldBytes()).isEqualTo(2L * message("0123456789", -1).sizeBytes());
    histories.end("/", "room");
    assertThat(memory.heldBytes()).isZero();
    assertThat(read("room", 0)).isEmpty();
  }

  @Test
  void whatComesForAnExchangeThatIsGoneIsNotKept() {
    histories.add("/", "room", message("late", -1));
    histories.begin("/", "room", 2);
    histories.add("/", "room", message("first", -1));
    histories.begin("/", "room", 2);
    assertThat(read("room", 0)).isEmpty();
    assertThat(memory.heldBytes()).isZero();
  }
}
