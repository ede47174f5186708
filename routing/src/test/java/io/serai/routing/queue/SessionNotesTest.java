package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.VHOST;
import static io.serai.routing.queue.ShardHarness.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Caller;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.NotedState;
import io.serai.bus.Outcome;
import io.serai.bus.PublishOnce;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.bus.SessionEvent;
import io.serai.bus.SessionItem;
import io.serai.bus.SessionNote;
import io.serai.bus.SessionNotes;
import io.serai.bus.SessionRecord;
import io.serai.bus.ShardCommand;
import io.serai.bus.Unrestricted;
import io.serai.model.Message;
import io.serai.routing.store.Fact;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.MemoryNodeStore;
import io.serai.routing.store.Recovered;
import io.serai.routing.store.StoredNotes;
import io.serai.routing.store.StoredSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is noted of client sessions, and publishes that each queue gets once. */
class SessionNotesTest {
  private static final SessionItem ITEM = new SessionItem(VHOST, "c", 4711, 5);

  private static final Caller CALLER =
      new Caller(session(1), new Unrestricted("guest"), VHOST, "c");

  private final MemoryNodeStore store = new MemoryNodeStore();
  private final ShardHarness shard =
      new ShardHarness(store.open(0, Runnable::run), ShardLimits.DEFAULT);

  private QueueRef durable(String name) {
    return shard.queue(ShardHarness.spec(name, QueueKind.CLASSIC, Lifetime.DURABLE, false));
  }

  private void publish(PublishOnce once, Message message, QueueRef... queues) {
    List<ShardCommand.Slot> slots = new ArrayList<>();
    for (QueueRef queue : queues) {
      slots.add(new ShardCommand.Slot(queue, List.of()));
    }
    shard.shard.onCommand(
        new ShardCommand.Append(
            session(1),
            1,
            true,
            List.of(
                new ShardCommand.Entry(ShardHarness.durable("before"), slots, 0),
                new ShardCommand.Entry(message, slots, 1)),
            List.of(new ShardCommand.Once(1, once))));
  }

  private static StoredNotes read(Recovered recovered) {
    StoredNotes notes = new StoredNotes();
    for (Fact fact : recovered.facts()) {
      if (fact.is(FactKind.PUBLISHED_ONCE)) {
        notes.addPublished(fact);
      } else if (fact.is(FactKind.SESSION_NOTE)) {
        notes.addNote(fact);
      }
    }
    return notes;
  }

  private SessionNotes noted() {
    return read(store.afterCrash().recover())
        .byClient()
        .getOrDefault(new StoredNotes.Client(VHOST, "c"), new SessionNotes(List.of(), List.of()));
  }

  private void note(SessionNote... notes) {
    List<ShardCommand.NoteEntry> entries = new ArrayList<>();
    for (SessionNote note : notes) {
      entries.add(new ShardCommand.NoteEntry(session(1), entries.size(), note));
    }
    shard.shard.onCommand(new ShardCommand.WriteNotes(entries));
  }

  @Test
  void whoHasAMessageIsSafeTogetherWithTheMessageOrNeitherIs() {
    QueueRef queue = durable("q");
    store.hold();
    publish(PublishOnce.first(ITEM), ShardHarness.durable("m"), queue);
    assertThat(shard.events()).as("no confirm before the sync").isEmpty();
    assertThat(store.afterCrash().recover().backlogs()).isEmpty();
    assertThat(noted().published()).isEmpty();
    store.sync();
    assertThat(shard.events()).hasOnlyElementsOfType(SessionEvent.Appended.class).hasSize(1);
    Recovered recovered = store.afterCrash().recover();
    long owner = recovered.backlogs().keySet().iterator().next();
    assertThat(noted().published()).containsExactly(new PublishOnce(ITEM, Set.of(owner)));
    assertThat(store.unsyncedBatches()).isZero();
  }

  @Test
  void queuesThatHaveAPublishAreNotGivenItAgainAndOthersAre() {
    QueueRef first = durable("first");
    publish(PublishOnce.first(ITEM), ShardHarness.durable("m"), first);
    shard.turn();
    PublishOnce again = noted().published().getFirst();
    QueueRef second = durable("second");
    publish(again, ShardHarness.durable("m"), first, second);
    shard.turn();
    assertThat(shard.readyIn(first)).as("before, m, before").isEqualTo(3);
    assertThat(shard.readyIn(second)).as("before, m").isEqualTo(2);
    assertThat(noted().published().getFirst().holders()).hasSize(2);
  }

  /** Where a stream will have the message, and only then the message: no crash leaves it alone. */
  @Test
  void aStreamIsGivenAPublishOnceItIsSafeAtWhichOffset() {
    QueueRef stream = shard.stream("s");
    shard.turn();
    store.hold();
    publish(PublishOnce.first(ITEM), ShardHarness.durable("m"), stream);
    shard.turn();
    shard.append(stream, "behind it");
    shard.turn();
    assertThat(shard.readyIn(stream)).as("nothing is shown, what is behind it neither").isZero();
    assertThat(shard.events()).as("no confirm before the sync").isEmpty();
    assertThat(noted().published()).isEmpty();
    store.sync();
    shard.turn();
    assertThat(shard.readyIn(stream)).as("before, m, behind it").isEqualTo(3);
    assertThat(shard.events()).hasAtLeastOneElementOfType(SessionEvent.Appended.class);
    Fact fact =
        store.afterCrash().recover().facts().stream()
            .filter(it -> it.is(FactKind.PUBLISHED_ONCE))
            .findFirst()
            .orElseThrow();
    long owner = noted().published().getFirst().holders().iterator().next();
    assertThat(StoredNotes.holders(fact.value())).containsExactly(new StoredNotes.Holder(owner, 1));
  }

  @Test
  void aStreamThatHasAPublishIsNotGivenItAgain() {
    QueueRef stream = shard.stream("s");
    publish(PublishOnce.first(ITEM), ShardHarness.durable("m"), stream);
    shard.turn();
    publish(noted().published().getFirst(), ShardHarness.durable("m"), stream);
    shard.turn();
    assertThat(shard.readyIn(stream)).as("before, m, before").isEqualTo(3);
  }

  @Test
  void aTransientQueueHoldsNothingThatSurvives() {
    QueueRef queue = shard.queue("transient");
    publish(PublishOnce.first(ITEM), ShardHarness.durable("m"), queue);
    shard.turn();
    assertThat(shard.readyIn(queue)).isEqualTo(2);
    assertThat(noted().published()).isEmpty();
  }

  @Test
  void aReleaseForgetsWhoHasAMessage() {
    publish(PublishOnce.first(ITEM), ShardHarness.durable("m"), durable("q"));
    note(new SessionNote.Released(ITEM));
    shard.turn();
    assertThat(noted().published()).isEmpty();
  }

  @Test
  void notesAreToldOnceTheyAreSafeInOneUnitWithTheSettlesOfTheTurn() {
    QueueRef queue = durable("q");
    shard.append(queue, ShardHarness.durable("m"));
    shard.prefetching(queue, 1, 10);
    Delivery delivery =
        shard.events().stream()
            .filter(SessionEvent.Deliver.class::isInstance)
            .map(event -> ((SessionEvent.Deliver) event).deliveries().getFirst())
            .findFirst()
            .orElseThrow();
    store.hold();
    SessionNote.Keep taken = new SessionNote.Keep(ITEM, 2, delivery.sequence());
    shard.settle(Outcome.ACCEPTED, delivery);
    note(taken, new SessionNote.Drop(new SessionItem(VHOST, "c", 4711, 6)));
    assertThat(shard.events()).isEmpty();
    assertThat(store.unsyncedBatches()).isEqualTo(1);
    assertThat(store.afterCrash().recover().backlogs()).isNotEmpty();
    store.sync();
    assertThat(shard.events()).containsExactly(new SessionEvent.Noted(session(1), List.of(0L, 1L)));
    assertThat(store.afterCrash().recover().backlogs()).isEmpty();
    assertThat(noted().kept()).containsExactly(taken);
    note(new SessionNote.Drop(ITEM));
    shard.turn();
    store.sync();
    assertThat(noted().kept()).isEmpty();
  }

  // ---- sessions that come back

  private record State(List<SessionNote> under) implements NotedState {
    @Override
    public List<SessionNote> endings(String vhost, String clientId) {
      return under;
    }
  }

  private static SessionRecord record(Object state, long expiresAtMillis) {
    return new SessionRecord(state, null, expiresAtMillis, null, 0, Long.MAX_VALUE, CALLER);
  }

  private void restore(SessionRecord record, int noteLoops) {
    Map<StoredNotes.Client, SessionNotes> notes = read(store.recover()).byClient();
    List<StoredSession> sessions =
        record == null ? List.of() : List.of(new StoredSession(VHOST, "c", record));
    shard.call(new ShardCall.RestoreClients(sessions, notes, noteLoops));
    shard.turn();
  }

  private Request.SessionClaim claim(boolean clean) {
    return shard.call(new ShardCall.ClaimClient(new Request.ClaimSession(CALLER, "c", clean)));
  }

  @Test
  void notesComeBackWithTheSessionUntilItIsReleased() {
    SessionNote.Keep kept = new SessionNote.Keep(ITEM, 1, 9);
    note(kept);
    shard.turn();
    restore(record("state", Long.MAX_VALUE), 1);
    Request.SessionClaim claim = claim(false);
    assertThat(claim.notes().kept()).containsExactly(kept);
    shard.call(
        new ShardCall.ReleaseClient(
            new Request.ReleaseSession(
                CALLER, "c", claim.epoch(), record("state", Long.MAX_VALUE), null)));
    assertThat(claim(false).notes()).as("the record says everything").isNull();
  }

  @Test
  void whatMoreLoopsThanThereAreNowHaveWrittenIsFoundByARelease() {
    var fact =
        new Fact(0, StoredNotes.key(ITEM, 7), StoredNotes.value(Set.of(StoredNotes.Holder.of(3))));
    var handle = store.open(0, Runnable::run);
    handle.put(FactKind.PUBLISHED_ONCE, fact.key(), fact.value());
    handle.flush();
    publish(PublishOnce.first(ITEM), ShardHarness.durable("m"), durable("q"));
    shard.turn();
    restore(record("state", Long.MAX_VALUE), 8);
    assertThat(noted().published().getFirst().holders()).hasSize(2).contains(3L);
    note(new SessionNote.Released(ITEM));
    shard.turn();
    assertThat(noted().published()).isEmpty();
  }

  @Test
  void notesOfNobodyAreForgotten() {
    note(new SessionNote.Keep(ITEM, 1, 9));
    publish(PublishOnce.first(ITEM), ShardHarness.durable("m"), durable("q"));
    shard.turn();
    restore(null, 1);
    assertThat(noted()).isEqualTo(new SessionNotes(List.of(), List.of()));
  }

  @Test
  void aSessionThatExpiresTakesItsNotesAlong() {
    note(new SessionNote.Keep(ITEM, 1, 9));
    shard.turn();
    long epoch = claim(false).epoch();
    shard.call(
        new ShardCall.ReleaseClient(
            new Request.ReleaseSession(
                CALLER,
                "c",
                epoch,
                record(
                    new State(List.of(new SessionNote.Drop(ITEM))), shard.host.nowMillis() + 1_000),
                null)));
    shard.advance(500);
    assertThat(noted().kept()).hasSize(1);
    shard.advance(600);
    assertThat(noted().kept()).isEmpty();
  }

  @Test
  void aCleanClaimEndsARestoredSessionWithItsNotes() {
    note(new SessionNote.Keep(ITEM, 1, 9));
    shard.turn();
    restore(record("state", Long.MAX_VALUE), 1);
    assertThat(claim(true).kept()).isNull();
    shard.turn();
    assertThat(noted().kept()).isEmpty();
  }

  // ---- a holder that ends without a word

  private boolean isSessionStored() {
    return store.afterCrash().recover().facts().stream()
        .anyMatch(fact -> fact.is(FactKind.SESSION));
  }

  @Test
  void aHolderThatEndsWithoutReleasingLeavesNoSessionInTheStore() {
    Request.SessionClaim claim = claim(false);
    SessionRecord stored = record("state", Long.MAX_VALUE);
    shard.shard.onCall(
        new ShardCall.KeepClient(new Request.KeepSession(CALLER, "c", claim.epoch(), stored)),
        _ -> {});
    shard.turn();
    assertThat(isSessionStored()).isTrue();
    shard.end(1);
    shard.turn();
    assertThat(isSessionStored()).isFalse();
    assertThat(shard.shard.clientCount()).isZero();
  }
}
