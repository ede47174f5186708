package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.bus.MatchData;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReadyMessagesTest {
  private final ReadyMessages ready = new ReadyMessages(0, null);
  private final Message message = message("m");

  private static Returned returned(long sequence, Message message, int count) {
    return new Returned(sequence, message, count, null);
  }

  private static RunCursor at(long position) {
    RunCursor cursor = new RunCursor();
    cursor.position = position;
    return cursor;
  }

  private static String text(@Nullable Message message) {
    return message == null ? "" : message.body().toUtf8();
  }

  private void addMany(int count) {
    for (int i = 0; i < count; i++) {
      ready.add(message("m" + ready.nextSequence()), null);
    }
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
  void messagesCanBeTakenFromTheMiddle() {
    addMany(5_000);
    RunCursor cursor = at(0);
    for (int i = 0; i < 5_000; i += 2) { // every other one
      assertThat(text(ready.seek(cursor))).isEqualTo("m" + i);
      ready.remove(cursor);
      cursor.position = i + 2;
    }
    assertThat(ready.seek(cursor)).isNull();
    assertThat(cursor.position).isEqualTo(5_000);
    assertThat(ready.size()).isEqualTo(2_500);
    for (int i = 1; i < 5_000; i += 2) {
      assertThat(ready.headSequence()).isEqualTo(i);
      assertThat(takeHead()).isEqualTo("m" + i);
    }
    assertThat(ready.isEmpty()).isTrue();
    assertThat(ready.add(message("next"), null)).isEqualTo(5_000);
    assertThat(text(ready.seek(cursor))).isEqualTo("next");
  }

  @Test
  void memoryGoesBackWhereverItDrains() {
    addMany(1);
    RunCursor cursor = at(1); // the first one stays
    for (int i = 1; i <= 1_000_000; i++) {
      ready.add(message, null);
      assertThat(ready.seek(cursor)).isSameAs(message);
      ready.remove(cursor);
      cursor.position = i + 1;
    }
    assertThat(ready.size()).isEqualTo(1);
    assertThat(ready.chunkCount()).isLessThanOrEqualTo(2);
    assertThat(takeHead()).isEqualTo("m0");
    assertThat(ready.add(message, null)).isEqualTo(1_000_001);
    assertThat(ready.headSequence()).isEqualTo(1_000_001);
  }

  @Test
  void aMessageMayPassByOthersThatStay() {
    addMany(2);
    assertThat(ready.passBy()).isEqualTo(2);
    addMany(1);
    takeHead();
    takeHead();
    assertThat(ready.headSequence()).isEqualTo(3);
    assertThat(takeHead()).isEqualTo("m3");
  }

  @Test
  void whatComesBackIsInFrontOfTheRunOrAmidIt() {
    addMany(10);
    RunCursor cursor = at(7);
    Message seventh = ready.seek(cursor);
    ready.remove(cursor);
    assertThat(seventh).isNotNull();
    ready.giveBack(returned(7, seventh, 2));
    assertThat(ready.headSequence()).isZero();
    assertThat(ready.headDeliveryCount()).isZero();
    cursor.position = 7;
    assertThat(ready.seek(cursor)).isSameAs(seventh);
    assertThat(cursor.deliveryCount()).isEqualTo(2);
    for (int i = 0; i < 10; i++) {
      assertThat(ready.headSequence()).isEqualTo(i);
      assertThat(ready.headDeliveryCount()).isEqualTo(i == 7 ? 2 : 0);
      takeHead();
    }
    assertThat(ready.isEmpty()).isTrue();
  }

  @Test
  void afterARestartSequencesMayHaveGapsOfAnyLength() {
    long[] sequences = {3, 4, 5, 9, 10, 100, 5_000, 5_001, 1L << 40, (1L << 40) + 15};
    MatchData match = (_, matches) -> matches.getFirst();
    for (long sequence : sequences) {
      ready.restore(sequence, 1, 1, Long.MAX_VALUE, sequence == 9 ? 4 : 0, match);
    }
    ready.skipTo((1L << 40) + 20);
    assertThat(ready.add(message("new"), null)).isEqualTo((1L << 40) + 20);
    assertThat(ready.size()).isEqualTo(11);
    for (long sequence : sequences) {
      assertThat(ready.headSequence()).isEqualTo(sequence);
      assertThat(ready.headDeliveryCount()).isEqualTo(sequence == 9 ? 4 : 0);
      assertThat(ready.headMatch()).isSameAs(match);
      assertThat(ready.hasHead()).isFalse();
      assertThat(ready.headIfHere()).isNull();
      ready.removeHead();
    }
    assertThat(takeHead()).isEqualTo("new");
    assertThatThrownBy(() -> ready.restore(7, 1, 1, Long.MAX_VALUE, 0, null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aSequenceThatWasGivenOutBeforeARestartIsNotGivenOutAgain() {
    ready.skipTo(41);
    assertThat(ready.add(message, null)).isEqualTo(41);
    ready.skipTo(43);
    assertThat(ready.add(message, null)).isEqualTo(43);
    takeHead();
    assertThat(ready.headSequence()).isEqualTo(43);
  }

  @Test
  void behavesLikeASortedMap() {
    long seed = Long.getLong("serai.seed", 1);
    var random = new Random(seed);
    var model = new TreeMap<Long, Message>();
    var out = new TreeMap<Long, Message>();
    RunCursor cursor = at(0);
    for (int step = 0; step < 200_000; step++) {
      int phase = step / 20_000 % 2; // fills and empties in turns
      int choice = random.nextInt(13);
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
      } else if (choice < 10) {
        if (!out.isEmpty()) {
          var back = random.nextBoolean() ? out.pollFirstEntry() : out.pollLastEntry();
          ready.giveBack(returned(back.getKey(), back.getValue(), 1));
          model.put(back.getKey(), back.getValue());
        }
      } else if (choice < 12) {
        if (random.nextInt(20) == 0) { // to somewhere else
          cursor.position = (long) (random.nextDouble() * ready.nextSequence());
        }
        var found = model.ceilingEntry(cursor.position);
        assertThat(ready.seek(cursor)).isSameAs(found == null ? null : found.getValue());
        if (found != null) {
          assertThat(cursor.position).isEqualTo(found.getKey());
          if (random.nextBoolean()) {
            ready.remove(cursor);
            model.remove(found.getKey());
            out.put(found.getKey(), found.getValue());
          }
          cursor.position++;
        }
      } else if (random.nextInt(20) == 0) {
        ready.skipTo(ready.nextSequence() + (random.nextBoolean() ? random.nextInt(5) : 3_000));
      } else if (random.nextInt(2_000) == 0) {
        assertThat(ready.takeAll().size()).isEqualTo(model.size());
        model.clear();
      }
      assertThat(ready.size()).isEqualTo(model.size());
      assertThat(ready.isEmpty()).isEqualTo(model.isEmpty());
      if (out.size() > 1_000) {
        out.pollFirstEntry();
      }
    }
  }
}
