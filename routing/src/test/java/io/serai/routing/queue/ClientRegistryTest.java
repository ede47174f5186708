package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.message;
import static io.serai.routing.queue.ShardHarness.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Caller;
import io.serai.bus.Request;
import io.serai.bus.SessionEvent;
import io.serai.bus.SessionRecord;
import io.serai.bus.Unrestricted;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClientRegistryTest {
  private static final long NEVER = Long.MAX_VALUE;

  private final ShardHarness shard = new ShardHarness();

  private static Caller caller(long session) {
    return new Caller(session(session), new Unrestricted("guest"), "/", "c");
  }

  /** Claims and answers a list that will hold the answer. */
  private List<Request.SessionClaim> claim(long session, boolean clean) {
    List<Request.SessionClaim> answer = new ArrayList<>();
    shard.shard.onCall(
        new ShardCall.ClaimClient(new Request.ClaimSession(caller(session), "c", clean)),
        answer::add);
    return answer;
  }

  private List<Request.Done> release(
      long session, long epoch, @Nullable SessionRecord keep, @Nullable String queue) {
    List<Request.Done> answer = new ArrayList<>();
    shard.shard.onCall(
        new ShardCall.ReleaseClient(
            new Request.ReleaseSession(caller(session), "c", epoch, keep, queue)),
        answer::add);
    return answer;
  }

  private SessionRecord record(String state, long lifeMillis) {
    return new SessionRecord(
        state, "queue of c", shard.host.nowMillis() + lifeMillis, null, 0, NEVER, caller(1));
  }

  private SessionRecord withWill(String state, long lifeMillis, long willDelayMillis) {
    Message will = message("will");
    return new SessionRecord(
        state,
        "queue of c",
        shard.host.nowMillis() + lifeMillis,
        will,
        1,
        shard.host.nowMillis() + willDelayMillis,
        caller(1));
  }

  private static Request.SessionClaim only(List<Request.SessionClaim> answer) {
    assertThat(answer).hasSize(1);
    return answer.getFirst();
  }

  private List<String> wills() {
    return shard.host.published.stream().map(p -> p.message().body().toUtf8()).toList();
  }

  @Test
  void aNewClientGetsItsIdAtOnceWithNothingKept() {
    assertThat(only(claim(1, false)).kept()).isNull();
  }

  @Test
  void whatAReleaseLeftIsHandedToTheNextClaim() {
    long epoch = only(claim(1, false)).epoch();
    assertThat(release(1, epoch, record("state", 60_000), "queue of c")).hasSize(1);
    Request.SessionClaim again = only(claim(2, false));
    assertThat(again.kept()).isNotNull();
    assertThat(again.kept().state()).isEqualTo("state");
    assertThat(again.epoch()).isGreaterThan(epoch);
  }

  @Test
  void aHolderIsToldToLeaveAndTheClaimWaitsForIt() {
    long epoch = only(claim(1, false)).epoch();
    var second = claim(2, false);
    assertThat(second).isEmpty();
    assertThat(shard.events()).containsExactly(new SessionEvent.TakenOver(session(1), "c", epoch));
    release(1, epoch, record("left", 60_000), null);
    assertThat(only(second).kept().state()).isEqualTo("left");
  }

  @Test
  void waitingClaimsComeInInOrderEachTakenOverByTheNext() {
    long one = only(claim(1, false)).epoch();
    var second = claim(2, false);
    var third = claim(3, false);
    shard.host.events.clear();
    release(1, one, record("one", 60_000), null);
    long two = only(second).epoch();
    assertThat(third).isEmpty();
    assertThat(shard.events()).containsExactly(new SessionEvent.TakenOver(session(2), "c", two));
    release(2, two, record("two", 60_000), null);
    assertThat(only(third).kept().state()).isEqualTo("two");
  }

  @Test
  void aReleaseWithAnOldEpochChangesNothing() {
    long one = only(claim(1, false)).epoch();
    release(1, one, record("one", 60_000), null);
    claim(2, false);
    assertThat(release(1, one, null, "queue of c")).hasSize(1);
    assertThat(shard.host.deletedNames).isEmpty();
    var third = claim(3, false);
    assertThat(third).as("2 still holds it").isEmpty();
  }

  @Test
  void aCleanClaimIsAnsweredWhenTheOldQueueIsGone() {
    release(1, only(claim(1, false)).epoch(), record("state", 60_000), null);
    var clean = claim(2, true);
    assertThat(shard.host.deletedNames).containsExactly("queue of c");
    assertThat(clean).isEmpty();
    shard.host.finishDeletions();
    assertThat(only(clean).kept()).isNull();
  }

  @Test
  void aSessionThatEndsWithItsConnectionIsForgottenWithItsQueue() {
    long epoch = only(claim(1, false)).epoch();
    var done = release(1, epoch, null, "queue of c");
    assertThat(shard.host.deletedNames).containsExactly("queue of c");
    assertThat(done).isEmpty();
    shard.host.finishDeletions();
    assertThat(done).hasSize(1);
    assertThat(shard.shard.clientCount()).isZero();
  }

  @Test
  void aClaimWaitsForTheQueueOfTheSessionThatEnds() {
    long epoch = only(claim(1, false)).epoch();
    release(1, epoch, null, "queue of c");
    shard.end(1);
    var next = claim(2, false);
    assertThat(next).isEmpty();
    assertThat(shard.events()).as("the holder has left already").isEmpty();
    shard.host.finishDeletions();
    assertThat(only(next).kept()).isNull();
  }

  @Test
  void aKeptSessionEndsAtItsTimeWithItsQueue() {
    release(1, only(claim(1, false)).epoch(), record("state", 10_000), null);
    shard.advance(9_999);
    assertThat(shard.shard.clientCount()).isEqualTo(1);
    shard.advance(2);
    assertThat(shard.host.deletedNames).containsExactly("queue of c");
    assertThat(shard.shard.clientCount()).isZero();
    assertThat(only(claim(2, false)).kept()).isNull();
  }

  @Test
  void aSessionWithoutEndIsKeptForGood() {
    var forever = new SessionRecord("state", null, NEVER, null, 0, NEVER, caller(1));
    release(1, only(claim(1, false)).epoch(), forever, null);
    shard.advance(1_000_000_000_000L);
    assertThat(only(claim(2, false)).kept()).isNotNull();
  }

  @Test
  void aWillIsPublishedAtItsTime() {
    release(1, only(claim(1, false)).epoch(), withWill("state", 60_000, 5_000), null);
    shard.advance(4_999);
    assertThat(wills()).isEmpty();
    shard.advance(2);
    assertThat(wills()).containsExactly("will");
    assertThat(shard.host.published.getFirst().flags()).isEqualTo(1);
    shard.advance(60_000);
    assertThat(wills()).as("once").hasSize(1);
    assertThat(shard.shard.clientCount()).isZero();
  }

  @Test
  void aWillThatIsDueAtTheReleaseIsPublishedThen() {
    long epoch = only(claim(1, false)).epoch();
    var next = claim(2, false);
    release(1, epoch, withWill("state", 60_000, 0), null);
    assertThat(wills()).containsExactly("will");
    assertThat(only(next).kept().will()).isNull();
  }

  @Test
  void aClaimBeforeItsTimeCallsTheWillOff() {
    release(1, only(claim(1, false)).epoch(), withWill("state", 60_000, 5_000), null);
    shard.advance(3_000);
    claim(2, false);
    shard.advance(60_000);
    assertThat(wills()).isEmpty();
  }

  @Test
  void aWillIsPublishedWhenTheSessionEndsBeforeItsTime() {
    release(1, only(claim(1, false)).epoch(), withWill("state", 3_000, 10_000), null);
    shard.advance(3_001);
    assertThat(wills()).containsExactly("will");
  }

  @Test
  void theExpiryOfAWillCountsFromWhenItIsPublished() {
    release(1, only(claim(1, false)).epoch(), withWill("state", 60_000, 10_000), null);
    shard.advance(2_000);
    claim(2, true);
    assertThat(shard.host.published.getFirst().message().receivedMillis())
        .isEqualTo(shard.host.nowMillis());
  }

  @Test
  void aCleanClaimEndsTheOldSessionSoItsWillIsPublished() {
    release(1, only(claim(1, false)).epoch(), withWill("state", 60_000, 10_000), null);
    claim(2, true);
    assertThat(wills()).containsExactly("will");
  }

  @Test
  void aConnectionThatEndsWithoutReleasingLeavesWhatWasKeptBefore() {
    release(1, only(claim(1, false)).epoch(), record("before", 60_000), null);
    claim(2, false);
    shard.end(2);
    assertThat(only(claim(3, false)).kept().state()).isEqualTo("before");
  }

  @Test
  void aHolderThatDoesNotLeaveIsPassedOver() {
    long stuck = only(claim(1, false)).epoch();
    var next = claim(2, false);
    shard.advance(ClientRegistry.TAKEOVER_MILLIS - 1);
    assertThat(next).isEmpty();
    shard.advance(2);
    assertThat(only(next).epoch()).isGreaterThan(stuck);
    release(1, stuck, null, "queue of c");
    assertThat(shard.host.deletedNames).as("too late").isEmpty();
  }

  @Test
  void aClaimWhoseConnectionEndsWhileItWaitsIsAnsweredAndLeft() {
    long epoch = only(claim(1, false)).epoch();
    var second = claim(2, false);
    var third = claim(3, false);
    shard.end(2);
    assertThat(second).hasSize(1);
    release(1, epoch, record("one", 60_000), null);
    assertThat(only(third).kept().state()).isEqualTo("one");
  }

  @Test
  void theSameIdInAnotherVhostIsAnotherClient() {
    claim(1, false);
    List<Request.SessionClaim> other = new ArrayList<>();
    shard.shard.onCall(
        new ShardCall.ClaimClient(
            new Request.ClaimSession(
                new Caller(session(2), new Unrestricted("guest"), "other", "c"), "c", false)),
        other::add);
    assertThat(other).hasSize(1);
  }
}
