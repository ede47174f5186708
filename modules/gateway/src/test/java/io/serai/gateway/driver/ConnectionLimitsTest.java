package io.serai.gateway.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.gateway.AuthResult.Kind;
import io.serai.gateway.TokenBucket;
import org.junit.jupiter.api.Test;

/** The bounds a connection meets, by themselves. */
class ConnectionLimitsTest {
  private static final long START = 1_700_000_000_000L;

  @Test
  void aBucketLetsASecondsWorthPassAndThenAsMuchAsFlowsIn() {
    TokenBucket bucket = new TokenBucket(10, START);
    for (int i = 0; i < 10; i++) {
      assertThat(bucket.tryTake(START)).isTrue();
    }
    assertThat(bucket.tryTake(START)).isFalse();
    assertThat(bucket.tryTake(START + 99)).isFalse();
    assertThat(bucket.tryTake(START + 100)).isTrue();
    assertThat(bucket.tryTake(START + 100)).isFalse();
    assertThat(bucket.tryTake(START + 60_000)).as("no more than a second's worth").isTrue();
    for (int i = 0; i < 9; i++) {
      assertThat(bucket.tryTake(START + 60_000)).isTrue();
    }
    assertThat(bucket.tryTake(START + 60_000)).isFalse();
  }

  @Test
  void aDebtIsPaidByWaiting() {
    TokenBucket bucket = new TokenBucket(1_000, START);
    bucket.take(3_000, START);
    assertThat(bucket.freeAtMillis(START)).isEqualTo(START + 2_000);
    assertThat(bucket.freeAtMillis(START + 1_500)).isEqualTo(START + 2_000);
    assertThat(bucket.freeAtMillis(START + 2_000)).isEqualTo(START + 2_000);
  }

  @Test
  void aClockThatIsSetBackGivesNothingAndTakesNothing() {
    TokenBucket bucket = new TokenBucket(10, START);
    bucket.take(20, START);
    assertThat(bucket.freeAtMillis(START - 5_000)).isEqualTo(START - 4_000);
    assertThat(bucket.freeAtMillis(START - 4_000)).isEqualTo(START - 4_000);
  }

  private static RateLimit limit(ListenerLimits limits) {
    return RateLimit.of(limits, ListenerRates.NONE, () -> {}, START);
  }

  @Test
  void withoutLimitsNothingIsCounted() {
    assertThat(RateLimit.of(ListenerLimits.NONE, ListenerRates.NONE, () -> {}, START)).isNull();
  }

  @Test
  void messagesNobodyWaitsForAreDroppedWhereConfigured() {
    RateLimit rate = limit(new ListenerLimits(0, 0, 2, 0, true));
    assertThat(rate.admits(false, START)).isTrue();
    assertThat(rate.admits(false, START)).isTrue();
    assertThat(rate.admits(false, START)).as("shed").isFalse();
    assertThat(rate.freeAtMillis(START)).as("not slowed").isEqualTo(START);
    assertThat(rate.admits(true, START)).as("never shed").isTrue();
    assertThat(rate.freeAtMillis(START)).as("slowed").isEqualTo(START + 500);
  }

  @Test
  void bytesAndMessagesBothCount() {
    RateLimit rate = limit(new ListenerLimits(0, 0, 10, 100, false));
    rate.read(200, START);
    assertThat(rate.freeAtMillis(START)).isEqualTo(START + 1_000);
    for (int i = 0; i < 40; i++) {
      assertThat(rate.admits(false, START)).isTrue();
    }
    assertThat(rate.freeAtMillis(START)).isEqualTo(START + 3_000);
  }

  @Test
  void aListenerTakesASecondsWorthOfConnectionsAtOnce() {
    ListenerGate gate = new ListenerGate(new ListenerLimits(0, 5, 0, 0, false));
    long now = System.nanoTime() + 10_000_000_000L;
    for (int i = 0; i < 5; i++) {
      assertThat(gate.refusal(now)).isNull();
    }
    assertThat(gate.refusal(now)).isEqualTo(Kind.CONNECTION_RATE_EXCEEDED);
    assertThat(gate.refusal(now + 199_000_000L)).isEqualTo(Kind.CONNECTION_RATE_EXCEEDED);
    assertThat(gate.refusal(now + 200_000_000L)).isNull();
    assertThat(gate.refusal(now + 200_000_000L)).isEqualTo(Kind.CONNECTION_RATE_EXCEEDED);
  }

  @Test
  void aListenersConnectionsAreBounded() {
    ListenerGate gate = new ListenerGate(new ListenerLimits(2, 0, 0, 0, false));
    gate.opened();
    assertThat(gate.refusal(0)).isNull();
    gate.opened();
    assertThat(gate.refusal(0)).isEqualTo(Kind.QUOTA_EXCEEDED);
    gate.closed();
    assertThat(gate.refusal(0)).isNull();
  }

  @Test
  void aQuotaCountsEachByItself() {
    ConnectionQuota quota = new ConnectionQuota(1);
    assertThat(quota.tryOpen("joe")).isTrue();
    assertThat(quota.tryOpen("joe")).isFalse();
    assertThat(quota.tryOpen("ann")).isTrue();
    quota.closed("joe");
    assertThat(quota.tryOpen("joe")).isTrue();
    quota.closed("joe");
    quota.closed("joe");
    assertThat(quota.tryOpen("joe")).isTrue();
    assertThat(quota.tryOpen("joe")).as("closing twice gives no place").isFalse();
  }

  @Test
  void aClientThatComesAndGoesIsKeptOutForAWhile() {
    FlappingWatch watch = new FlappingWatch(3, 1_000, 5_000);
    watch.left(client("c"), START);
    watch.left(client("c"), START + 900);
    assertThat(watch.isBanned(client("c"), START + 900)).isFalse();
    watch.left(client("c"), START + 999);
    assertThat(watch.isBanned(client("c"), START + 999)).isTrue();
    assertThat(watch.isBanned(client("d"), START + 999)).isFalse();
    assertThat(watch.isBanned(client("c"), START + 5_998)).isTrue();
    assertThat(watch.isBanned(client("c"), START + 5_999)).isFalse();
    watch.left(client("c"), START + 6_000);
    assertThat(watch.isBanned(client("c"), START + 6_000)).as("counted anew").isFalse();
  }

  @Test
  void disconnectionsInSeveralWindowsAreNotAddedUp() {
    FlappingWatch watch = new FlappingWatch(2, 1_000, 5_000);
    watch.left(client("c"), START);
    watch.left(client("c"), START + 1_000);
    assertThat(watch.isBanned(client("c"), START + 1_000)).isFalse();
    watch.left(client(""), START + 1_000);
    watch.left(client(""), START + 1_000);
    assertThat(watch.isBanned(client(""), START + 1_000)).as("no client id, no watch").isFalse();
  }

  @Test
  void noMoreClientsAreRememberedThanThereIsRoomFor() {
    FlappingWatch watch = new FlappingWatch(2, 1_000, 5_000);
    for (int i = 0; i < Generations.MOST; i++) {
      watch.left(client("c" + i), START);
    }
    watch.left(client("late"), START);
    watch.left(client("late"), START);
    assertThat(watch.isBanned(client("late"), START)).isFalse();
    watch.left(client("late"), START + 1_000);
    watch.left(client("late"), START + 1_000);
    assertThat(watch.isBanned(client("late"), START + 1_000))
        .as("the others' time is over")
        .isTrue();
  }

  private static FlappingWatch.Client client(String id) {
    return new FlappingWatch.Client("/", "joe", id);
  }

  @Test
  void aClientOfAnotherUserOrVhostIsAnotherClient() {
    FlappingWatch watch = new FlappingWatch(2, 1_000, 5_000);
    watch.left(client("c"), START);
    watch.left(client("c"), START);
    assertThat(watch.isBanned(client("c"), START)).isTrue();
    assertThat(watch.isBanned(new FlappingWatch.Client("/", "ann", "c"), START)).isFalse();
    assertThat(watch.isBanned(new FlappingWatch.Client("other", "joe", "c"), START)).isFalse();
  }

  @Test
  void aBanOutlivesTheWindowItWasEarnedIn() {
    FlappingWatch watch = new FlappingWatch(2, 1_000, 60_000);
    watch.left(client("c"), START);
    watch.left(client("c"), START);
    for (int second = 0; second < 60; second++) {
      watch.left(client("another" + second), START + second * 1_000);
      assertThat(watch.isBanned(client("c"), START + second * 1_000)).isTrue();
    }
    assertThat(watch.isBanned(client("c"), START + 60_000)).isFalse();
  }
}
