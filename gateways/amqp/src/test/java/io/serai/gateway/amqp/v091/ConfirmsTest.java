package io.serai.gateway.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.gateway.amqp.v091.BasicMethod.Ack;
import io.serai.gateway.amqp.v091.BasicMethod.Nack;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How confirms are coalesced, through a session. */
class ConfirmsTest {
  private final TestClient client = TestClient.withChannel();

  private long[] publish(int count) {
    for (int i = 0; i < count; i++) {
      client.session.receives(TestClient.publish("", "q", "x"));
    }
    return client.publishedTokens();
  }

  private List<Amqp091Frame> confirmed(boolean stored, long... tokens) {
    client.session.confirm(stored, tokens);
    return client.session.sent();
  }

  private void select() {
    client.session.receives(new ConfirmMethod.Select(1, true));
  }

  @Test
  void aGapIsNotCoveredByMultiple() {
    select();
    long[] tokens = publish(4);
    assertThat(confirmed(true, tokens[0], tokens[2], tokens[3]))
        .containsExactly(new Ack(1, 1, false), new Ack(1, 3, false), new Ack(1, 4, false));
    assertThat(confirmed(true, tokens[1])).containsExactly(new Ack(1, 2, false));
  }

  @Test
  void refusalsSplitTheRunsAroundThem() {
    select();
    long[] tokens = publish(5);
    client.session.confirmMixed(tokens, true, true, false, false, true);
    assertThat(client.session.sent())
        .containsExactly(new Ack(1, 2, true), new Nack(1, 4, true, false), new Ack(1, 5, false));
  }

  @Test
  void anOutcomeThatCameTwiceIsSentOnce() {
    select();
    long[] tokens = publish(1);
    assertThat(confirmed(true, tokens[0], tokens[0])).containsExactly(new Ack(1, 1, false));
    assertThat(confirmed(false, tokens[0])).isEmpty();
  }

  @Test
  void whateverTheOrderEveryPublishIsAnsweredOnceAndTruly() {
    long seed = Long.getLong("serai.seed", 1);
    var random = new Random(seed);
    select();
    int count = 3_000;
    long[] tokens = publish(count);
    boolean[] stored = new boolean[count];
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      stored[i] = random.nextInt(10) > 0;
      order.add(i);
    }
    for (int at = 0; at < count; at += 50) { // mostly in order, shuffled nearby
      Collections.shuffle(
          order.subList(at, Math.min(count, at + 50 + random.nextInt(100))), random);
    }
    var answered = new BitSet();
    for (int at = 0; at < count; ) {
      int batch = Math.min(count - at, 1 + random.nextInt(40));
      long[] some = new long[batch];
      boolean[] outcomes = new boolean[batch];
      for (int i = 0; i < batch; i++) {
        some[i] = tokens[order.get(at + i)];
        outcomes[i] = stored[order.get(at + i)];
      }
      client.session.confirmMixed(some, outcomes);
      for (Amqp091Frame frame : client.session.sent()) {
        switch (frame) {
          case Ack(_, long tag, boolean multiple) -> answer(answered, stored, tag, multiple, true);
          case Nack(_, long tag, boolean multiple, _) ->
              answer(answered, stored, tag, multiple, false);
          default -> throw new AssertionError("unexpected " + frame);
        }
      }
      at += batch;
      assertThat(answered.cardinality()).as("everything settled is told").isEqualTo(at);
    }
  }

  /** A client's reading: multiple covers what it still has open up to the tag. */
  private static void answer(
      BitSet answered, boolean[] stored, long tag, boolean multiple, boolean ack) {
    int last = (int) tag - 1;
    for (int i = multiple ? answered.nextClearBit(0) : last;
        i <= last;
        i = multiple ? answered.nextClearBit(i + 1) : i + 1) {
      assertThat(answered.get(i)).as("publish %d answered twice", i + 1).isFalse();
      assertThat(stored[i]).as("publish %d", i + 1).isEqualTo(ack);
      answered.set(i);
    }
  }
}
