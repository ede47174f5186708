package io.serai.routing;

import io.serai.bus.Bus;
import io.serai.bus.Caller;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionNotes;
import io.serai.bus.Source;
import io.serai.model.Message;
import io.serai.routing.exchange.Bound;
import io.serai.routing.exchange.ExchangeTypes;
import io.serai.routing.queue.ShardCall;
import io.serai.routing.store.Definitions;
import io.serai.routing.store.DeliveryHistory;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.QueueDefinition;
import io.serai.routing.store.StoredBacklog;
import io.serai.routing.store.StoredDelay;
import io.serai.routing.store.StoredMessage;
import io.serai.routing.store.StoredNotes;
import io.serai.routing.store.StoredSession;
import io.serai.routing.store.StreamPlace;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings back what the store has when a node starts, in the order that lets everything find what it
 * needs: exchanges and empty queues, then what the configuration declares, then bindings, then the
 * messages. What belongs to a vhost that is not configured stays in the store. Confined to the
 * topology owner's loop.
 */
final class TopologyRestore {
  private static final Logger log = LoggerFactory.getLogger(TopologyRestore.class);

  /** Queues created in one go, as when a configuration declares them. */
  private static final int CREATED_AT_ONCE = 256;

  private final SharedTable shared;
  private final Bus bus;
  private final QueueChanges queues;
  private final DeclaredSwap configuration;
  private final DurableTopology durable;

  TopologyRestore(
      SharedTable shared,
      Bus bus,
      QueueChanges queues,
      DeclaredSwap configuration,
      DurableTopology durable) {
    this.shared = shared;
    this.bus = bus;
    this.queues = queues;
    this.configuration = configuration;
    this.durable = durable;
  }

  /** Restores, and takes over the configuration; refused when that is. */
  Future<Result<Request.Done>> run(RestoredNode stored, DeclaredTopology wanted) {
    Set<String> vhosts = new HashSet<>();
    wanted.vhosts().forEach(vhost -> vhosts.add(vhost.name()));
    Run run = new Run(stored, vhosts);
    run.addExchanges();
    return run.createQueues(run.queuesOf(vhosts).iterator())
        .compose(_ -> {
          configuration.wasInForce(run.formerlyDeclared());
          return configuration.apply(wanted);
        })
        .compose(applied ->
            applied instanceof Result.Refused<Request.Done>
                ? Future.succeededFuture(applied)
                : run.finish().map(applied));
  }

  /** One start. */
  private final class Run {
    private final RestoredNode stored;
    private final Set<String> vhosts;
    private final Map<Long, QueueEntry> entries = new HashMap<>();
    private int exchangeCount;
    private int bindingCount;
    private long messageCount;

    /** Whether every exchange and queue of the vhosts there are was restored. */
    private boolean isComplete = true;

    Run(RestoredNode stored, Set<String> vhosts) {
      this.stored = stored;
      this.vhosts = vhosts;
    }

    void addExchanges() {
      RoutingTable table = shared.current();
      for (String name : vhosts) {
        table = table.with(VhostTable.predeclared(name));
      }
      for (RestoredNode.ExchangeOf exchange : stored.exchanges()) {
        VhostTable vhost = table.vhost(exchange.vhost());
        if (vhost == null) {
          notConfigured("exchange", exchange.vhost(), exchange.spec().name());
        } else if (ExchangeTypes.find(exchange.spec().type()) == null) {
          isComplete = false;
          log.atError()
              .addKeyValue("exchange", exchange.spec().name())
              .addKeyValue("type", exchange.spec().type())
              .log("exchange not restored, its type is not installed; it stays stored");
        } else {
          table = table.with(vhost.with(Exchange.of(exchange.spec())));
          exchangeCount++;
        }
      }
      shared.publish(table);
    }

    private void notConfigured(String kind, String vhost, String name) {
      log.atWarn()
          .addKeyValue("vhost", vhost)
          .addKeyValue(kind, name)
          .log("not restored, its vhost is not configured; it stays stored");
    }

    List<QueueDefinition> queuesOf(Set<String> vhosts) {
      List<QueueDefinition> there = new ArrayList<>(stored.queues().size());
      for (QueueDefinition queue : stored.queues()) {
        if (vhosts.contains(queue.vhost())) {
          there.add(queue);
        } else {
          notConfigured("queue", queue.vhost(), queue.spec().name());
        }
      }
      return there;
    }

    Future<?> createQueues(Iterator<QueueDefinition> definitions) {
      List<Future<?>> some = new ArrayList<>();
      while (definitions.hasNext() && some.size() < CREATED_AT_ONCE) {
        QueueDefinition next = definitions.next();
        some.add(
            queues.restoreOnShard(next, writesAs(next)).onSuccess(result -> created(next, result)));
      }
      return some.isEmpty()
          ? Future.succeededFuture()
          : Future.all(some).compose(_ -> createQueues(definitions));
    }

    private @Nullable Caller writesAs(QueueDefinition queue) {
      String user = queue.user();
      if (user == null) {
        return null;
      }
      return new Caller(
          TopologyOwner.NOBODY, stored.users().apply(user), queue.vhost(), queue.clientId());
    }

    private void created(QueueDefinition definition, Result<QueueEntry> result) {
      switch (result) {
        case Result.Ok<QueueEntry>(QueueEntry entry) -> {
          entries.put(definition.owner(), entry);
          shared.update(definition.vhost(), vhost -> vhost.with(entry));
        }
        case Result.Refused<QueueEntry>(_, String text) -> {
          isComplete = false;
          log.atError()
              .addKeyValue("vhost", definition.vhost())
              .addKeyValue("queue", definition.spec().name())
              .addKeyValue("reason", text)
              .log("queue not restored; it stays stored with its messages");
        }
      }
    }

    /** Queues of a configuration that was in force: those it no longer declares go now. */
    DeclaredTopology formerlyDeclared() {
      Map<String, List<QueueSpec>> declared = new HashMap<>();
      for (QueueEntry entry : entries.values()) {
        if (entry.spec().source() == Source.CONF) {
          declared.computeIfAbsent(entry.ref().vhost(), _ -> new ArrayList<>()).add(entry.spec());
        }
      }
      List<DeclaredTopology.Vhost> vhosts = new ArrayList<>();
      declared.forEach((vhost, specs) ->
          vhosts.add(new DeclaredTopology.Vhost(vhost, List.of(), specs, List.of(), List.of())));
      return new DeclaredTopology(vhosts);
    }

    Future<?> finish() {
      for (RestoredNode.BindingOf binding : stored.bindings()) {
        add(binding);
      }
      durable.isWritten(shared.current());
      removeOwnerless();
      List<Future<?>> filled = new ArrayList<>();
      entries.forEach((owner, entry) -> {
        StoredBacklog messages = stored.backlogs().get(owner);
        if (messages != null) {
          messageCount += messages.count();
          filled.add(
              bus.call(entry.ref().shard(), new ShardCall.RestoreMessages(entry.ref(), messages)));
        }
      });
      restorePlaces(filled);
      report();
      return Future.all(filled).compose(_ -> begin());
    }

    /**
     * A queue is stored before its first message and removed before its last, so messages and
     * streams without a queue are what a crash left of one that was deleted.
     */
    private void removeOwnerless() {
      if (!stored.problems().isEmpty()) {
        return; // one of them may be a queue
      }
      Set<Long> owners = new HashSet<>();
      stored.queues().forEach(queue -> owners.add(queue.owner()));
      bus.call(bus.loop(), new ShardCall.KeepStreams(owners));
      for (StreamPlace place : stored.places()) {
        if (!owners.contains(place.owner())) {
          durable.remove(FactKind.STREAM_PLACE, StreamPlace.key(place.owner(), place.name()));
        }
      }
      stored
          .backlogs()
          .forEach((owner, backlog) -> {
            if (owner >= DurableTopology.FIRST_QUEUE_OWNER && !owners.contains(owner)) {
              durable.removeOwner(owner);
              for (int priority : backlog.marks().keySet()) {
                durable.remove(FactKind.DELIVERED, DeliveryHistory.key(owner, priority));
              }
            }
          });
    }

    /** Only now, so that what one queue gives up at once finds the others as they were. */
    private Future<?> begin() {
      List<Future<?>> begun = new ArrayList<>();
      for (int shard = 0; shard < bus.loopCount(); shard++) {
        begun.add(bus.call(shard, new ShardCall.BeginRestored()));
      }
      restoreDelayed(begun);
      restoreRetained(begun);
      restoreSessions(begun);
      return Future.all(begun);
    }

    private void add(RestoredNode.BindingOf binding) {
      VhostTable vhost = shared.current().vhost(binding.vhost());
      if (vhost == null) {
        notConfigured("binding", binding.vhost(), binding.spec().destination());
        return;
      }
      switch (BindingChanges.resolve(vhost, null, binding.spec())) {
        case Result.Ok<Bound>(Bound bound) -> {
          bindingCount++;
          if (vhost.find(bound) == null) {
            shared.update(vhost.name(), it -> it.with(bound));
          }
        }
        case Result.Refused<Bound>(Refusal reason, String text) -> {
          log.atWarn()
              .addKeyValue("source", binding.spec().source())
              .addKeyValue("destination", binding.spec().destination())
              .addKeyValue("reason", text)
              .log("binding not restored");
          // What it leads from or to may only be missing for now, and is stored then.
          if (reason == Refusal.NOT_FOUND && isComplete && stored.problems().isEmpty()) {
            durable.remove(FactKind.BINDING, Definitions.key(binding.vhost(), binding.spec()));
          }
        }
      }
    }

    /** Whichever loops had them: now they are spread over those there are. */
    private void restoreDelayed(List<Future<?>> filled) {
      List<StoredDelay> all = stored.delayed();
      int share = (all.size() + bus.loopCount() - 1) / bus.loopCount();
      for (int from = 0, shard = 0; from < all.size(); from += share, shard++) {
        List<StoredDelay> part = all.subList(from, Math.min(all.size(), from + share));
        filled.add(bus.call(shard, new ShardCall.RestoreDelayed(List.copyOf(part))));
      }
    }

    private void restorePlaces(List<Future<?>> filled) {
      Map<QueueEntry, List<StreamPlace>> byStream = new HashMap<>();
      for (StreamPlace place : stored.places()) {
        QueueEntry entry = entries.get(place.owner());
        if (entry != null) {
          byStream.computeIfAbsent(entry, _ -> new ArrayList<>()).add(place);
        }
      }
      byStream.forEach((entry, places) ->
          filled.add(
              bus.call(entry.ref().shard(), new ShardCall.RestorePlaces(entry.ref(), places))));
    }

    private void restoreRetained(List<Future<?>> filled) {
      Map<Integer, List<StoredMessage>> byShard = new HashMap<>();
      for (StoredMessage value : stored.retained()) {
        Message message = value.message();
        int shard = Placement.ofTopic(message.origin().vhost(), message.topic(), bus.loopCount());
        byShard.computeIfAbsent(shard, _ -> new ArrayList<>()).add(value);
      }
      byShard.forEach(
          (shard, values) -> filled.add(bus.call(shard, new ShardCall.RestoreRetained(values))));
    }

    private void restoreSessions(List<Future<?>> filled) {
      Map<Integer, List<StoredSession>> byShard = new HashMap<>();
      for (StoredSession session : stored.sessions()) {
        if (vhosts.contains(session.vhost())) {
          int shard = Placement.of(session.vhost(), session.clientId(), bus.loopCount());
          byShard.computeIfAbsent(shard, _ -> new ArrayList<>()).add(session);
        } else {
          notConfigured("session", session.vhost(), session.clientId());
        }
      }
      // A session that cannot be read now may be another time, and needs its notes then.
      boolean isClear = stored.problems().isEmpty();
      Set<StoredNotes.Client> readable =
          isClear
              ? Set.of()
              : stored.sessions().stream().map(StoredSession::client).collect(Collectors.toSet());
      Map<Integer, Map<StoredNotes.Client, SessionNotes>> notesByShard = new HashMap<>();
      stored
          .notes()
          .byClient()
          .forEach((client, notes) -> {
            int shard = Placement.of(client.vhost(), client.clientId(), bus.loopCount());
            if (vhosts.contains(client.vhost()) && (isClear || readable.contains(client))) {
              notesByShard.computeIfAbsent(shard, _ -> new HashMap<>()).put(client, notes);
            }
          });
      int noteLoops = Math.max(bus.loopCount(), stored.notes().loops());
      for (int shard = 0; shard < bus.loopCount(); shard++) {
        ShardCall.RestoreClients call =
            new ShardCall.RestoreClients(
                byShard.getOrDefault(shard, List.of()),
                notesByShard.getOrDefault(shard, Map.of()),
                noteLoops);
        filled.add(bus.call(shard, call));
      }
    }

    private void report() {
      stored
          .problems()
          .forEach(problem ->
              log.atError().addKeyValue("what", problem).log("not readable, it stays stored"));
      if (exchangeCount + entries.size() + bindingCount + stored.sessions().size() > 0
          || !stored.retained().isEmpty()
          || !stored.delayed().isEmpty()
          || !stored.backlogs().isEmpty()) {
        log.atInfo()
            .addKeyValue("exchanges", exchangeCount)
            .addKeyValue("queues", entries.size())
            .addKeyValue("bindings", bindingCount)
            .addKeyValue("messages", messageCount)
            .addKeyValue("retained", stored.retained().size())
            .addKeyValue("delayed", stored.delayed().size())
            .addKeyValue("sessions", stored.sessions().size())
            .log("restored");
      }
    }
  }
}
