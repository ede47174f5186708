package io.serai.routing;

import static io.serai.routing.NodeRestarts.persistent;
import static io.serai.routing.NodeRestarts.transientMessage;
import static io.serai.routing.Specs.queue;
import static io.serai.routing.Specs.queueWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Request;
import io.serai.bus.Transaction;
import io.serai.model.Value;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.MemoryNodeStore;
import io.serai.routing.store.Recovered;
import io.serai.routing.store.Store;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a connection publishes and settles together, over queues of several loops. */
class TransactionIT {
  private static final int LOOPS = 3;
  private static final List<String> QUEUES =
      IntStream.range(0, 8).mapToObj(i -> "q" + i).toList(); // on every loop some

  private final MemoryNodeStore store = new MemoryNodeStore();
  private final RoutingNode node = new RoutingNode(LOOPS, store);
  private final RoutingNode.Connection client = node.connect(0);

  @AfterEach
  void close() {
    node.close();
  }

  private void declareAll() {
    QUEUES.forEach(name -> client.ok(caller -> new Request.DeclareQueue(caller, queue(name))));
  }

  private long ready(String queue) {
    return client.ok(caller -> new Request.CheckQueue(caller, queue)).readyMessages();
  }

  private Delivery take(String queue) {
    return client.ok(caller -> new Request.Get(caller, queue, false)).delivery();
  }

  private static void publishToAll(Transaction transaction, String body) {
    QUEUES.forEach(name -> transaction.publish(persistent(name, body), 0));
  }

  private static long stored(Recovered recovered) {
    return recovered.backlogs().entrySet().stream()
        .filter(entry -> entry.getKey() > Store.TRANSACTION_OWNER)
        .mapToLong(entry -> entry.getValue().count())
        .sum();
  }

  private static boolean hasTransaction(Recovered recovered) {
    return recovered.facts().stream().anyMatch(fact -> fact.is(FactKind.TRANSACTION));
  }

  @Test
  void everyQueueGetsItsPartAndNothingOfTheTransactionIsLeft() {
    declareAll();
    boolean isDone = client.commit(transaction -> publishToAll(transaction, "m"));
    assertThat(isDone).isTrue();
    QUEUES.forEach(name -> assertThat(ready(name)).isEqualTo(1));
    node.settle();
    node.settle();
    Recovered recovered = store.afterCrash().recover();
    assertThat(stored(recovered)).isEqualTo(QUEUES.size());
    assertThat(hasTransaction(recovered)).isFalse();
    assertThat(recovered.backlogs()).doesNotContainKey(Store.TRANSACTION_OWNER);
  }

  @Test
  void itIsCommittedByOneUnitAheadOfEveryPart() {
    declareAll();
    client.commit(transaction -> publishToAll(transaction, "consumed"));
    List<Delivery> held = QUEUES.stream().map(this::take).toList();
    node.settle();
    store.hold();
    var answer =
        client.committing(transaction -> {
          publishToAll(transaction, "m");
          held.forEach(delivery -> transaction.settle(delivery, Outcome.ACCEPTED));
        });
    while (store.unsyncedBatches() == 0) {
      node.settle();
    }
    node.settle();
    assertThat(answer.isDone()).isFalse();
    assertThat(store.unsyncedBatches()).as("no part before the whole is safe").isEqualTo(1);
    Recovered before = store.afterCrash().recover();
    assertThat(stored(before)).isEqualTo(QUEUES.size());
    assertThat(hasTransaction(before)).isFalse();
    Recovered after = store.afterCrashWithTail().recover();
    assertThat(hasTransaction(after)).isTrue();
    assertThat(after.backlogs().get(Store.TRANSACTION_OWNER).count()).isEqualTo(QUEUES.size());
    QUEUES.forEach(name -> assertThat(ready(name)).as("nobody sees it yet").isZero());
    store.sync();
    assertThat(answer.join()).isTrue();
  }

  @Test
  void aQueueThatIsFullRefusesTheWholeAndWhatWasToBeSettledGoesBack() {
    declareAll();
    client.ok(caller ->
        new Request.DeclareQueue(
            caller,
            queueWith(
                "full",
                new Value.MapOf(
                    List.of(
                        new Value.Entry(Value.of("x-max-length"), new Value.Int(1)),
                        new Value.Entry(Value.of("x-overflow"), Value.of("reject-publish")))))));
    client.commit(transaction -> transaction.publish(persistent("q3", "in"), 0));
    Delivery held = take("q3");
    boolean isDone =
        client.commit(transaction -> {
          publishToAll(transaction, "m");
          transaction.publish(persistent("full", "1"), 0);
          transaction.publish(persistent("full", "2"), 0);
          transaction.settle(held, Outcome.ACCEPTED);
        });
    assertThat(isDone).isFalse();
    QUEUES.forEach(name -> assertThat(ready(name)).isEqualTo(name.equals("q3") ? 1 : 0));
    assertThat(ready("full")).isZero();
    assertThat(take("q3").isRedelivered()).isTrue();
    assertThat(client.commit(transaction -> transaction.publish(persistent("full", "1"), 0)))
        .as("the room that was kept is free")
        .isTrue();
  }

  @Test
  void whatAQueuesSelectorKeepsOutTakesNoRoomAndIsNotStored() {
    declareAll();
    client.ok(caller ->
        new Request.DeclareQueue(
            caller,
            queueWith(
                "choosy",
                new Value.MapOf(
                    List.of(
                        new Value.Entry(
                            Value.of("x-message-selector"), Value.of("JMSType IS NOT NULL")),
                        new Value.Entry(Value.of("x-max-length"), new Value.Int(1)),
                        new Value.Entry(Value.of("x-overflow"), Value.of("reject-publish")))))));
    boolean isDone =
        client.commit(transaction -> {
          publishToAll(transaction, "m");
          transaction.publish(persistent("choosy", "1"), 0);
          transaction.publish(persistent("choosy", "2"), 0);
        });
    assertThat(isDone).isTrue();
    assertThat(ready("choosy")).isZero();
    node.settle();
    node.settle();
    assertThat(stored(store.afterCrash().recover())).isEqualTo(QUEUES.size());
  }

  @Test
  void aDeliveryThatIsNotTheConnectionsAnyMoreRefusesTheWhole() {
    declareAll();
    client.commit(transaction -> transaction.publish(persistent("q3", "in"), 0));
    Delivery held = take("q3");
    client.settle(held, Outcome.RETURNED);
    boolean isDone =
        client.commit(transaction -> {
          publishToAll(transaction, "m");
          transaction.settle(held, Outcome.ACCEPTED);
        });
    assertThat(isDone).isFalse();
    assertThat(ready("q3")).isEqualTo(1);
    assertThat(ready("q1")).isZero();
  }

  @Test
  void aTransactionOfOneQueueNeedsNoRecordAndIsSafeWhenItIsAnswered() {
    declareAll();
    store.hold();
    var answer =
        client.committing(transaction -> {
          transaction.publish(persistent("q1", "a"), 0);
          transaction.publish(persistent("q1", "b"), 0);
          QUEUES.forEach(name -> transaction.publish(transientMessage(name, "transient"), 0));
        });
    while (store.unsyncedBatches() == 0) {
      node.settle();
    }
    assertThat(answer.isDone()).isFalse();
    assertThat(hasTransaction(store.afterCrashWithTail().recover())).isFalse();
    store.sync();
    assertThat(answer.join()).isTrue();
    assertThat(stored(store.afterCrash().recover())).isEqualTo(2);
    assertThat(ready("q1")).isEqualTo(3);
  }

  @Test
  void commitsOfAConnectionAreDoneInOrderAndOnesOfNothingAtOnce() {
    declareAll();
    assertThat(client.commit(_ -> {})).isTrue();
    var first = client.committing(transaction -> publishToAll(transaction, "1"));
    var second = client.committing(transaction -> transaction.publish(persistent("q5", "2"), 0));
    assertThat(second.join()).isTrue();
    assertThat(first.isDone()).isTrue();
    assertThat(take("q5").message().body().toUtf8()).isEqualTo("1");
    assertThat(take("q5").message().body().toUtf8()).isEqualTo("2");
  }

  @Test
  void aQueueThatGoesWhileAPartIsPreparedTakesItsPartAlong() {
    declareAll();
    store.hold();
    var answer = client.committing(transaction -> publishToAll(transaction, "m"));
    while (store.unsyncedBatches() == 0) {
      node.settle();
    }
    var other = node.connect(1);
    var deleted = other.start(caller -> new Request.DeleteQueue(caller, "q2", false, false));
    store.sync();
    while (!answer.isDone() || !deleted.isDone()) {
      store.sync();
      node.settle();
    }
    assertThat(answer.join()).isTrue();
    assertThat(ready("q1")).isEqualTo(1);
  }
}
