package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private final ManualHost host = new ManualHost();
  private final Deadlines deadlines = new Deadlines(host);
  private final List<String> due = new ArrayList<>();

  private Deadline named(String name) {
    return new Deadline(() -> due.add(name));
  }

  private void advance(long millis) {
    host.advance(millis, () -> {});
  }

  private long in(long millis) {
    return host.nowMillis() + millis;
  }

  @Test
  void deadlinesComeDueInTheirOrder() {
    deadlines.set(named("late"), in(300));
    deadlines.set(named("early"), in(100));
    deadlines.set(named("middle"), in(200));
    advance(99);
    assertThat(due).isEmpty();
    advance(1);
    assertThat(due).containsExactly("early");
    advance(1_000);
    assertThat(due).containsExactly("early", "middle", "late");
    assertThat(deadlines.size()).isZero();
  }

  @Test
  void aDeadlineThatMovesComesDueOnceAtItsLastTime() {
    Deadline moving = named("moving");
    deadlines.set(moving, in(100));
    deadlines.set(moving, in(50));
    deadlines.set(moving, in(400));
    advance(399);
    assertThat(due).isEmpty();
    advance(1);
    assertThat(due).containsExactly("moving");
  }

  @Test
  void aDeadlineThatIsTakenAwayNeverComesDue() {
    Deadline gone = named("gone");
    deadlines.set(gone, in(100));
    deadlines.set(gone, Deadline.NEVER);
    advance(1_000);
    assertThat(due).isEmpty();
  }

  @Test
  void aDeadlineMayBeSetAgainWhileItIsDue() {
    Deadline[] self = new Deadline[1];
    self[0] =
        new Deadline(() -> {
          due.add("again");
          if (due.size() < 3) {
            deadlines.set(self[0], in(10));
          }
        });
    deadlines.set(self[0], in(10));
    advance(1_000);
    assertThat(due).hasSize(3);
  }

  @Test
  void fewTimersAreOutstandingHoweverOftenTheNextDeadlineMoves() {
    Deadline far = named("far");
    Deadline near = named("near");
    for (int i = 0; i < 10_000; i++) {
      deadlines.set(far, in(3_600_000));
      deadlines.set(near, in(10));
      advance(10);
    }
    assertThat(host.timerCount()).isLessThan(10);
    assertThat(due).hasSize(10_000).containsOnly("near");
  }

  @Test
  void everyDeadlineComesDueAtItsTimeWhateverHappensToOthers() {
    long seed = Long.getLong("serai.seed", 1);
    var random = new Random(seed);
    long[] expected = new long[500];
    List<Deadline> all = new ArrayList<>();
    for (int i = 0; i < expected.length; i++) {
      int index = i;
      expected[i] = Deadline.NEVER;
      all.add(
          new Deadline(() -> {
            assertThat(host.nowMillis()).isEqualTo(expected[index]);
            expected[index] = Deadline.NEVER;
          }));
    }
    for (int step = 0; step < 20_000; step++) {
      int index = random.nextInt(expected.length);
      expected[index] = random.nextInt(5) == 0 ? Deadline.NEVER : in(random.nextInt(1, 100_000));
      deadlines.set(all.get(index), expected[index]);
      if (random.nextInt(20) == 0) {
        advance(random.nextInt(500));
      }
      for (int i = 0; step % 1_000 == 0 && i < expected.length; i++) {
        assertThat(expected[i]).isGreaterThan(host.nowMillis());
      }
    }
    advance(200_000);
    assertThat(expected).containsOnly(Deadline.NEVER);
    assertThat(deadlines.size()).isZero();
  }
}
