package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.message;
import static io.serai.routing.queue.ShardHarness.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.MatchData;
import io.serai.bus.QueueRef;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ReadyMessagesTest {
  private static final ConsumerRef CONSUMER =
      new ConsumerRef(
          session(1),
          1,
          new QueueRef("/", "q", 0, 0, 1),
          ShardHarness.options(CreditMode.GRANTED, 1));

  private final ReadyMessages ready = new ReadyMessages();

  private static Delivery returned(long sequence, Message message, int count) {
    return new Delivery(CONSUMER, sequence, -1, message, count, null);
  }

  private String takeHead() {
    String text = ready.headMessage().body().toUtf8();
    ready.removeHead();
    return text;
  }

  @Test
  void messagesComeOutInTheOrderTheyWentIn() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(ready.add(message("m" + i), null)).isEqualTo(i);
    }
    assertThat(ready.size()).isEqualTo(10_000);
    for (int i = 0; i < 10_000; i++) {
      assertThat(ready.headSequence()).isEqualTo(i);
      assertThat(takeHead()).isEqualTo("m" + i);
    }
    assertThat(ready.isEmpty()).isTrue();
  }

  @Test
  void aMessageThatPassesByUsesUpItsSequence() {
    ready.add(message("a"), null);
    takeHead();
    assertThat(ready.passBy()).isEqualTo(1);
    assertThat(ready.add(message("b"), null)).isEqualTo(2);
    assertThat(ready.headSequence()).isEqualTo(2);
  }

  @Test
  void returnedMessagesGoBeforeTheRunInTheirOldOrder() {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      messages.add(message("m" + i));
      ready.add(messages.get(i), null);
    }
    for (int i = 0; i < 3; i++) {
      takeHead();
    }
    ready.giveBack(returned(2, messages.get(2), 1));
    ready.giveBack(returned(0, messages.get(0), 3));
    assertThat(ready.headDeliveryCount()).isEqualTo(3);
    assertThat(ready.headSequence()).isZero();
    assertThat(takeHead()).isEqualTo("m0");
    assertThat(takeHead()).isEqualTo("m2");
    assertThat(ready.headDeliveryCount()).isZero();
    assertThat(takeHead()).isEqualTo("m3");
  }

  @Test
  void matchDataStaysWithItsMessage() {
    MatchData match = (_, matches) -> matches.getFirst();
    ready.add(message("a"), null);
    ready.add(message("b"), match);
    ready.add(message("c"), null);
    assertThat(ready.headMatch()).isNull();
    takeHead();
    assertThat(ready.headMatch()).isSameAs(match);
    takeHead();
    assertThat(ready.headMatch()).isNull();
  }

  @Test
  void takingAllLeavesNothingAndSequencesGoOn() {
    ready.add(message("a"), null);
    ready.add(message("b"), null);
    ReadyMessages all = ready.takeAll();
    assertThat(ready.isEmpty()).isTrue();
    assertThat(ready.add(message("c"), null)).isEqualTo(2);
    assertThat(ready.headSequence()).isEqualTo(2);
    assertThat(all.size()).isEqualTo(2);
    assertThat(all.headSequence()).isZero();
  }

  @Test
  void behavesLikeASortedMap() {
    long seed = System.nanoTime();
    System.out.println("ReadyMessagesTest seed " + seed);
    var random = new Random(seed);
    var model = new TreeMap<Long, Message>();
    var out = new TreeMap<Long, Message>();
    for (int step = 0; step < 200_000; step++) {
      int phase = step / 20_000 % 2; // fills and empties in turns
      int choice = random.nextInt(10);
      if (choice < 4 + phase) {
        Message message = message("m" + step);
        model.put(ready.add(message, null), message);
      } else if (choice < 8) {
        if (!model.isEmpty()) {
          var head = model.pollFirstEntry();
          assertThat(ready.headSequence()).isEqualTo(head.getKey());
          assertThat(ready.headMessage()).isSameAs(head.getValue());
          ready.removeHead();
          out.put(head.getKey(), head.getValue());
        }
      } else if (!out.isEmpty()) {
        var back = random.nextBoolean() ? out.pollFirstEntry() : out.pollLastEntry();
        ready.giveBack(returned(back.getKey(), back.getValue(), 1));
        model.put(back.getKey(), back.getValue());
      }
      assertThat(ready.size()).isEqualTo(model.size());
      assertThat(ready.isEmpty()).isEqualTo(model.isEmpty());
      if (out.size() > 1_000) {
        out.pollFirstEntry();
      }
    }
  }
}
