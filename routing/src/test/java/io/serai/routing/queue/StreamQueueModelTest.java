package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.QueueRef;
import io.serai.bus.StreamOffset;
import io.serai.bus.StreamRead;
import io.serai.routing.store.MemoryStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Any order of events on a stream: each reader gets every message from its place on, once and in
 * order, within its limit; a group gets every message, in order but for what a member that died had
 * not settled.
 */
class StreamQueueModelTest {
  private static final int RUNS = 40;
  private static final int STEPS = 400;

  /** A reader as the test knows it. */
  private static final class Reader {
    final long session;
    final ConsumerRef ref;
    final int prefetch;
    final boolean isMember;
    long nextOffset;
    final List<Delivery> unsettled = new ArrayList<>();

    Reader(long session, ConsumerRef ref, int prefetch, boolean isMember, long nextOffset) {
      this.session = session;
      this.ref = ref;
      this.prefetch = prefetch;
      this.isMember = isMember;
      this.nextOffset = nextOffset;
    }
  }

  private static final class Run {
    final Random random;
    final ShardHarness shard = new ShardHarness(new MemoryStore(), ShardLimits.DEFAULT);
    final QueueRef stream;
    final List<String> appended = new ArrayList<>();
    final Map<Long, Reader> readers = new HashMap<>();
    long lastSession = 1;

    /** Every message before has been delivered to the group; -1 before it has a member. */
    long groupNext = -1;

    /** What members have settled, and the first message that none of them has. */
    final Set<Long> groupSettled = new HashSet<>();

    long groupDone;

    Run(long seed) {
      random = new Random(seed);
      stream = shard.stream(random.nextBoolean() ? "s" : "s-" + random.nextInt(3));
    }

    void step() {
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> append();
        case 3, 4 -> receive(shard.deliveries());
        case 5, 6 -> settle();
        case 7 -> readTheLog();
        case 8 -> attach();
        default -> {
          if (random.nextInt(3) == 0) {
            end();
          }
        }
      }
    }

    void append() {
      int padding = random.nextInt(20) == 0 ? 60_000 : random.nextInt(200);
      for (int n = random.nextInt(30); n >= 0; n--) {
        String text = appended.size() + ":" + "x".repeat(padding);
        shard.append(stream, text);
        appended.add(text);
      }
    }

    void readTheLog() {
      shard.advance(random.nextInt(5) == 0 ? 150 : 0);
      receive(shard.deliveries());
    }

    void attach() {
      if (readers.size() == 6) {
        return;
      }
      boolean isMember = random.nextInt(3) == 0;
      long at = random.nextInt(appended.size() + 5);
      boolean isFirst = isMember || random.nextBoolean();
      StreamOffset from = isFirst ? StreamOffset.FIRST : new StreamOffset.At(at);
      int prefetch = 1 + random.nextInt(40);
      long session = ++lastSession;
      ConsumerRef ref =
          shard.consume(
              stream,
              session,
              new ConsumerOptions(
                  "ctag",
                  false,
                  false,
                  0,
                  CreditMode.PER_SETTLE,
                  prefetch,
                  ConsumerView.ALL,
                  new StreamRead(
                      from, Set.of(), true, prefetch, isMember ? "group" : "", isMember)));
      readers.put(session, new Reader(session, ref, prefetch, isMember, isFirst ? 0 : at));
      if (isMember && groupNext < 0) {
        groupNext = 0;
      }
    }

    void receive(List<Delivery> deliveries) {
      for (Delivery delivery : deliveries) {
        Reader reader = readers.get(delivery.consumer().session().id());
        assertThat(reader).as("a reader that is there").isNotNull();
        assertThat(delivery.message().body().toUtf8())
            .isEqualTo(appended.get((int) delivery.sequence()));
        if (reader.isMember) {
          assertThat(delivery.sequence()).as("nothing is left out").isLessThanOrEqualTo(groupNext);
          assertThat(delivery.sequence())
              .as("what is settled does not come again")
              .isGreaterThanOrEqualTo(groupDone);
          groupNext = Math.max(groupNext, delivery.sequence() + 1);
          for (Reader other : readers.values()) {
            assertThat(other != reader && other.isMember && !other.unsettled.isEmpty())
                .as("one member at a time")
                .isFalse();
          }
        } else {
          assertThat(delivery.sequence()).isEqualTo(reader.nextOffset);
          reader.nextOffset++;
        }
        reader.unsettled.add(delivery);
        assertThat(reader.unsettled).hasSizeLessThanOrEqualTo(reader.prefetch);
      }
    }

    void settle() {
      for (Reader reader : readers.values()) {
        List<Delivery> some = new ArrayList<>();
        reader.unsettled.removeIf(delivery -> random.nextInt(3) > 0 && some.add(delivery));
        if (!some.isEmpty()) {
          Outcome outcome =
              reader.isMember || random.nextBoolean() ? Outcome.ACCEPTED : Outcome.RETURNED;
          settled(reader, outcome, some);
        }
      }
    }

    void settled(Reader reader, Outcome outcome, List<Delivery> some) {
      shard.settle(outcome, some);
      if (reader.isMember) {
        some.forEach(delivery -> groupSettled.add(delivery.sequence()));
        while (groupSettled.contains(groupDone)) {
          groupDone++;
        }
      }
    }

    void end() {
      List<Long> sessions = new ArrayList<>(readers.keySet());
      if (!sessions.isEmpty()) {
        long session = sessions.get(random.nextInt(sessions.size()));
        receive(shard.deliveries());
        Reader reader = readers.remove(session);
        if (reader.isMember && !reader.unsettled.isEmpty()) {
          groupSettled.clear(); // what follows the first that is not settled comes again
        }
        if (random.nextBoolean()) {
          shard.call(new ShardCall.Detach(reader.ref));
          receive(shard.deliveries());
          shard.settle(Outcome.ACCEPTED, reader.unsettled); // too late: they are the next one's
        }
        shard.end(session);
      }
    }

    /** Everybody settles everything until nothing more comes. */
    void drain() {
      for (int quiet = 0; quiet < 5; ) {
        List<Delivery> all = new ArrayList<>(shard.deliveries());
        shard.advance(150);
        all.addAll(shard.deliveries());
        receive(all);
        boolean isIdle = all.isEmpty();
        for (Reader reader : readers.values()) {
          isIdle &= reader.unsettled.isEmpty();
          settled(reader, Outcome.ACCEPTED, List.copyOf(reader.unsettled));
          reader.unsettled.clear();
        }
        quiet = isIdle ? quiet + 1 : 0;
      }
    }

    void finish() {
      drain();
      for (Reader reader : readers.values()) {
        if (!reader.isMember) {
          assertThat(reader.nextOffset)
              .as("everything was shown")
              .isGreaterThanOrEqualTo(appended.size());
        }
      }
      if (readers.values().stream().anyMatch(reader -> reader.isMember)) {
        assertThat(groupNext).as("the group has had everything").isEqualTo(appended.size());
      }
      List.copyOf(readers.keySet()).forEach(shard::end);
      shard.turn();
      shard.advance(1000);
      assertThat(shard.shard.heldBytes()).as("memory").isZero();
      assertThat(shard.readyIn(stream)).isEqualTo(appended.size());
    }
  }

  @Test
  void everyReaderGetsEverythingOnceAndInOrderWhateverHappens() {
    long first = Long.getLong("serai.seed", 1);
    for (int n = 0; n < RUNS; n++) {
      long seed = first + n;
      try {
        Run run = new Run(seed);
        for (int i = 0; i < STEPS; i++) {
          run.step();
        }
        run.finish();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("with seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }
}
