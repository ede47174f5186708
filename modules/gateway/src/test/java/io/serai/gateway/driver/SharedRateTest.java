package io.serai.gateway.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Connections of several loops under one rate, in a time of its own. */
class SharedRateTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;

  private long nowNanos;
  private final List<Loop> loops = new ArrayList<>();

  /** A loop and the connections on it. */
  private final class Loop {
    private final SharedRate rate;
    private final List<Flooding> connections = new ArrayList<>();
    private long alarmNanos = Long.MAX_VALUE;

    Loop(RateLedger ledger) {
      rate = new SharedRate(ledger, (millis, _) -> alarmNanos = nowNanos + millis * MILLI);
      loops.add(this);
    }

    Flooding flooding(int unit) {
      Flooding connection = new Flooding(rate, unit);
      connections.add(connection);
      return connection;
    }

    void ringIfDue() {
      if (nowNanos >= alarmNanos) {
        alarmNanos = Long.MAX_VALUE;
        rate.serve(nowNanos);
      }
    }
  }

  /** A connection that always has more to send. */
  private final class Flooding {
    private final SharedRate.Account account;
    private final int unit;
    private long sent;
    private boolean hasMore = true;

    Flooding(SharedRate rate, int unit) {
      this.account = rate.open(this::send);
      this.unit = unit;
    }

    void send() {
      while (hasMore && account.isFree()) {
        account.take(unit, nowNanos);
        sent += unit;
      }
      account.await(nowNanos);
    }
  }

  private void run(long millis, long stepMillis) {
    for (long passed = 0; passed < millis; passed += stepMillis) {
      nowNanos += stepMillis * MILLI;
      loops.forEach(Loop::ringIfDue);
    }
  }

  private long sent() {
    return loops.stream().flatMap(loop -> loop.connections.stream()).mapToLong(c -> c.sent).sum();
  }

  private void beginAll() {
    loops.forEach(loop -> loop.connections.forEach(Flooding::send));
  }

  @Test
  void allTogetherGetASecondsWorthAtOnceAndThenTheirRate() {
    RateLedger ledger = new RateLedger(1_000, nowNanos);
    new Loop(ledger).flooding(1);
    new Loop(ledger).flooding(1);
    beginAll();
    assertThat(sent()).isCloseTo(1_000, within(4L));
    run(10_000, 1);
    assertThat(sent()).isCloseTo(11_000, within(10L));
  }

  @Test
  void aLoopGetsAsMuchAsItHasConnectionsInNeed() {
    RateLedger ledger = new RateLedger(1_000, nowNanos);
    Flooding alone = new Loop(ledger).flooding(1);
    Loop other = new Loop(ledger);
    List<Flooding> four =
        List.of(other.flooding(1), other.flooding(1), other.flooding(1), other.flooding(1));
    new Loop(ledger); // idle
    beginAll();
    long before = alone.sent;
    List<Long> beforeOfFour = four.stream().map(one -> one.sent).toList();
    run(10_000, 1);
    assertThat(alone.sent - before).isCloseTo(2_000, within(100L));
    for (int i = 0; i < 4; i++) {
      assertThat(four.get(i).sent - beforeOfFour.get(i)).isCloseTo(2_000, within(100L));
    }
  }

  @Test
  void anAlarmThatIsLateCostsNothing() {
    RateLedger ledger = new RateLedger(100_000, nowNanos);
    Loop loop = new Loop(ledger);
    loop.flooding(1);
    loop.flooding(1);
    beginAll();
    long before = sent();
    run(10_000, 25);
    assertThat(sent() - before).isCloseTo(1_000_000, within(10_000L));
  }

  @Test
  void whoSendsInLargePiecesGetsNoMoreThanOthers() {
    RateLedger ledger = new RateLedger(100_000, nowNanos);
    Loop loop = new Loop(ledger);
    Flooding large = loop.flooding(50_000);
    Flooding small = loop.flooding(100);
    beginAll();
    long largeBefore = large.sent;
    long smallBefore = small.sent;
    run(60_000, 1);
    assertThat(large.sent - largeBefore).isCloseTo(3_000_000, within(200_000L));
    assertThat(small.sent - smallBefore).isCloseTo(3_000_000, within(200_000L));
  }

  @Test
  void whatOneDoesNotNeedTheOthersGet() {
    RateLedger ledger = new RateLedger(1_000, nowNanos);
    Loop loop = new Loop(ledger);
    Flooding goesOn = loop.flooding(1);
    Flooding stops = loop.flooding(1);
    beginAll();
    run(1_000, 1);
    stops.hasMore = false;
    long before = goesOn.sent;
    run(2_000, 1);
    assertThat(goesOn.sent - before).isCloseTo(2_000, within(20L));
  }

  @Test
  void whoEndsInDebtLeavesItToTheOthersASecondsWorthAtMost() {
    RateLedger ledger = new RateLedger(1_000, nowNanos);
    Loop loop = new Loop(ledger);
    Flooding stays = loop.flooding(1);
    Flooding ends = loop.flooding(60_000);
    ends.send();
    assertThat(ends.account.isFree()).isFalse();
    ends.account.leave(nowNanos);
    stays.send();
    long before = stays.sent;
    run(900, 1);
    assertThat(stays.sent - before).as("the debt is being paid").isCloseTo(450, within(20L));
    run(4_100, 1);
    assertThat(stays.sent - before).isBetween(2_500L, 4_200L);
  }

  @Test
  void whatNobodyWaitsForIsTakenOrNotButNeverWaitsAndGoesBehindThoseWhoDo() {
    RateLedger ledger = new RateLedger(10, nowNanos);
    Loop loop = new Loop(ledger);
    SharedRate.Account sheds = loop.rate.open(() -> {});
    int taken = 0;
    for (int i = 0; i < 50; i++) {
      taken += sheds.tryTake(nowNanos) ? 1 : 0;
    }
    assertThat(taken).isEqualTo(10);
    assertThat(sheds.isFree()).isTrue();
    nowNanos += 100 * MILLI;
    assertThat(sheds.tryTake(nowNanos)).isTrue();
    loop.flooding(1).send();
    nowNanos += SECOND;
    assertThat(sheds.tryTake(nowNanos)).as("somebody waits").isFalse();
    loop.ringIfDue();
  }

  @Test
  void manyThatWaitUnderASmallRateAreServedAfterASecondAndKeepOtherLoopsWaitingNoLonger() {
    RateLedger ledger = new RateLedger(10, nowNanos);
    Loop crowded = new Loop(ledger);
    for (int i = 0; i < 500; i++) {
      crowded.flooding(1);
    }
    Flooding elsewhere = new Loop(ledger).flooding(1);
    beginAll();
    long before = sent();
    long beforeElsewhere = elsewhere.sent;
    run(3_000, 10);
    assertThat(sent() - before).isBetween(20L, 31L);
    assertThat(elsewhere.sent - beforeElsewhere).isPositive();
  }

  @Test
  void connectionsThatWaitAndGoLeaveNoMoreThanASecondsWorth() {
    RateLedger ledger = new RateLedger(1_000, nowNanos);
    Loop loop = new Loop(ledger);
    List<Flooding> many = Stream.generate(() -> loop.flooding(1)).limit(20_000).toList();
    beginAll();
    run(100, 1);
    many.forEach(one -> one.hasMore = false);
    Flooding other = new Loop(ledger).flooding(1);
    many.forEach(one -> one.account.leave(nowNanos));
    other.send();
    run(5_000, 1);
    assertThat(other.sent).isBetween(2_000L, 6_000L);
    Flooding later = loop.flooding(1);
    later.send();
    assertThat(later.sent).isLessThanOrEqualTo(1_000);
  }

  @Test
  void whoLeavesDebtsAgainAndAgainTakesNoMoreThanItsTurns() {
    RateLedger ledger = new RateLedger(1_000, nowNanos);
    Loop loop = new Loop(ledger);
    Flooding stays = loop.flooding(1);
    beginAll();
    long before = stays.sent;
    for (int i = 0; i < 100; i++) {
      Flooding ends = loop.flooding(60_000);
      ends.send();
      run(100, 1);
      ends.account.leave(nowNanos);
    }
    assertThat(stays.sent - before).isBetween(3_000L, 6_000L);
  }

  @Test
  void whatWasLeftOwingIsPaidThoughNobodyWaits() {
    RateLedger ledger = new RateLedger(1_000, nowNanos);
    Loop loop = new Loop(ledger);
    Flooding ends = loop.flooding(60_000);
    ends.send();
    ends.account.leave(nowNanos);
    SharedRate.Account sheds = loop.rate.open(() -> {});
    assertThat(sheds.tryTake(nowNanos)).isFalse();
    run(1_100, 1);
    assertThat(sheds.tryTake(nowNanos)).isTrue();
  }

  @Test
  void whoFailsInItsTurnLeavesTheOthersTheirs() {
    RateLedger ledger = new RateLedger(1_000, nowNanos);
    Loop loop = new Loop(ledger);
    SharedRate.Account fails =
        loop.rate.open(() -> {
          throw new OutOfMemoryError("as Netty throws it");
        });
    fails.take(1_001, nowNanos);
    fails.await(nowNanos);
    Flooding other = loop.flooding(1);
    other.send();
    nowNanos += 10 * MILLI;
    assertThatThrownBy(loop::ringIfDue).isInstanceOf(OutOfMemoryError.class);
    run(1_000, 1);
    assertThat(other.sent).isCloseTo(1_000, within(20L));
  }
}
