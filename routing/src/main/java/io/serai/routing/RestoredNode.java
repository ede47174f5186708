package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Principal;
import io.serai.routing.store.Definitions;
import io.serai.routing.store.Definitions.OfVhost;
import io.serai.routing.store.DeliveryHistory;
import io.serai.routing.store.Fact;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.QueueDefinition;
import io.serai.routing.store.Recovered;
import io.serai.routing.store.StoredBacklog;
import io.serai.routing.store.StoredDelay;
import io.serai.routing.store.StoredMessage;
import io.serai.routing.store.StoredNotes;
import io.serai.routing.store.StoredSession;
import io.serai.routing.store.StreamPlace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What an earlier run left in the store, read and put together. Facts that cannot be read stay in
 * the store and are reported.
 *
 * @param retained values, in order
 * @param delayed messages of delayed exchanges, without their content
 * @param backlogs of queues, by owner, marked redelivered where they may have been delivered
 * @param sessions of durable clients
 * @param notes of what was under way in them
 * @param places of readers of streams that have a name
 * @param users finds a user by name, for what its queues may do; one that is gone may do nothing
 * @param problems what could not be read, for the log
 */
public record RestoredNode(
    List<ExchangeOf> exchanges,
    List<QueueDefinition> queues,
    List<BindingOf> bindings,
    List<StoredMessage> retained,
    List<StoredDelay> delayed,
    Map<Long, StoredBacklog> backlogs,
    List<StoredSession> sessions,
    StoredNotes notes,
    List<StreamPlace> places,
    Function<String, Principal> users,
    List<String> problems) {
  /** An exchange and its vhost. */
  public record ExchangeOf(String vhost, ExchangeSpec spec) {}

  /** A binding and its vhost. */
  public record BindingOf(String vhost, BindingSpec spec) {}

  /** Reads what a store has given. Takes time: not on a loop. */
  public static RestoredNode of(Recovered recovered, Function<String, Principal> users) {
    List<ExchangeOf> exchanges = new ArrayList<>();
    List<QueueDefinition> queues = new ArrayList<>();
    List<BindingOf> bindings = new ArrayList<>();
    List<StoredSession> sessions = new ArrayList<>();
    List<StreamPlace> places = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    long nowMillis = System.currentTimeMillis();
    DeliveryHistory deliveries = new DeliveryHistory();
    StoredNotes notes = new StoredNotes();
    for (Fact fact : recovered.facts()) {
      if (fact.is(FactKind.EXCHANGE)) {
        read(
            fact,
            value -> {
              OfVhost<ExchangeSpec> it = Definitions.readExchange(value);
              exchanges.add(new ExchangeOf(it.vhost(), it.spec()));
            },
            "an exchange",
            problems);
      } else if (fact.is(FactKind.QUEUE)) {
        read(fact, value -> queues.add(Definitions.readQueue(value)), "a queue", problems);
      } else if (fact.is(FactKind.BINDING)) {
        read(
            fact,
            value -> {
              OfVhost<BindingSpec> it = Definitions.readBinding(value);
              bindings.add(new BindingOf(it.vhost(), it.spec()));
            },
            "a binding",
            problems);
      } else if (fact.is(FactKind.SESSION)) {
        read(
            fact,
            value -> sessions.add(StoredSession.read(value, users, nowMillis)),
            "a session",
            problems);
      } else if (fact.is(FactKind.SESSION_NOTE)) {
        read(fact, _ -> notes.addNote(fact), "a session's note", problems);
      } else if (fact.is(FactKind.PUBLISHED_ONCE)) {
        read(fact, _ -> notes.addPublished(fact), "a session's publish", problems);
      } else if (fact.is(FactKind.STREAM_PLACE)) {
        read(fact, _ -> places.add(StreamPlace.read(fact)), "a place in a stream", problems);
      } else if (fact.is(FactKind.DELIVERED)) {
        read(fact, _ -> deliveries.add(fact), "a delivery mark", problems);
      }
    }
    if (recovered.unreadable() > 0) {
      problems.add(recovered.unreadable() + " messages in formats of modules that are not there");
    }
    Map<Long, StoredBacklog> backlogs = HashMap.newHashMap(recovered.backlogs().size());
    recovered
        .backlogs()
        .forEach((owner, backlog) -> backlogs.put(owner, deliveries.applyTo(owner, backlog)));
    for (long owner : deliveries.owners()) {
      backlogs.computeIfAbsent(owner, _ -> deliveries.applyTo(owner, StoredBacklog.EMPTY));
    }
    return new RestoredNode(
        exchanges,
        queues,
        bindings,
        recovered.retained(),
        recovered.delayed(),
        backlogs,
        sessions,
        notes,
        places,
        users,
        problems);
  }

  private static void read(Fact fact, Consumer<byte[]> reader, String what, List<String> problems) {
    try {
      reader.accept(fact.value());
    } catch (RuntimeException e) {
      problems.add(what + ": " + e.getMessage());
    }
  }
}
