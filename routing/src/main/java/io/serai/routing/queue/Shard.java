package io.serai.routing.queue;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Counters;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionEvent;
import io.serai.bus.SessionRef;
import io.serai.bus.ShardCommand;
import io.serai.model.Message;
import io.serai.routing.store.CommittedTransaction;
import io.serai.routing.store.Definitions;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.QueueDefinition;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredBacklog;
import io.serai.routing.store.StoredDelay;
import io.serai.routing.store.StoredMessage;
import io.serai.routing.store.StreamPlace;
import io.serai.routing.stream.MemoryStreams;
import io.serai.routing.stream.StreamStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The queues, retained values and client sessions that one loop owns. The only code that touches
 * them: it carries out commands and calls in the order they come and hands over deliveries when the
 * turn ends. Time, timers and sending come from its {@link ShardHost}.
 *
 * <p>Confined to its loop, but for {@link #heldBytes}.
 */
public final class Shard {
  private final ShardHost host;
  private final Store store;
  private final ShardLimits limits;
  private final ShardServices services;
  private final MemoryAccount memory;
  private final Turn turn;
  private final Pager pager;
  private final ReadBudget reads = new ReadBudget();
  private final QueueTable queues;
  private final DelayedMessages delayed;
  private final Histories histories;
  private final Intake intake;
  private final Safety safety;
  private final StreamHandover handover;
  private final Committing committing;
  private final RetainedValues retained;
  private final RetainedReads retainedReads;
  private final SessionNotesWriter sessionNotes;
  private final ClientRegistry clients;

  /** Connections with consumers here. Entries go when the connection ends. */
  private final Map<SessionRef, ShardSession> sessions = new HashMap<>();

  private final LiveWatches watches = new LiveWatches();

  /** Queues that the store has and that have not begun; empty once the node is ready. */
  private final Set<ShardQueue> restored = new HashSet<>();

  /** A shard with default limits and streams in memory. */
  public Shard(int loop, ShardHost host, Counters counters, Store store) {
    this(
        loop,
        host,
        counters,
        store,
        new MemoryStreams(task -> host.schedule(0, task)),
        ShardLimits.DEFAULT);
  }

  /**
   * An empty shard.
   *
   * @param loop the loop it lives on
   * @param counters that loop's
   * @param store where durable messages go; this shard's own
   * @param streams where streams are; this shard's own
   */
  public Shard(
      int loop,
      ShardHost host,
      Counters counters,
      Store store,
      StreamStore streams,
      ShardLimits limits) {
    this.host = host;
    this.store = store;
    this.limits = limits;
    this.memory = new MemoryAccount();
    this.turn = new Turn(host, counters);
    Deadlines deadlines = new Deadlines(host);
    this.pager = new Pager(store);
    this.safety = new Safety(store, streams, host, this::stored);
    this.handover = new StreamHandover(store, streams, safety);
    this.services =
        new ShardServices(
            host, limits, counters, store, streams, safety, handover, memory, deadlines, turn,
            pager, reads);
    this.queues = new QueueTable(loop);
    this.delayed = new DelayedMessages(loop, services);
    this.histories = new Histories(memory);
    this.intake = new Intake(loop, services, queues, delayed, watches, histories);
    this.committing = new Committing(loop, services, queues, intake);
    this.retained = new RetainedValues(loop, services);
    this.retainedReads = new RetainedReads(retained, queues, watches, services);
    this.sessionNotes = new SessionNotesWriter(host, store, queues);
    this.clients = new ClientRegistry(host, deadlines, store, sessionNotes);
  }

  /** Carries out a command. */
  public void onCommand(ShardCommand command) {
    switch (command) {
      case ShardCommand.Append append -> intake.append(append);
      case ShardCommand.Settle(List<Delivery> deliveries, Outcome outcome) ->
          settle(deliveries, outcome);
      case ShardCommand.GrantCredit(ConsumerRef consumer, int credit, boolean drain) ->
          grant(consumer, credit, drain);
      case ShardCommand.WriteNotes(List<ShardCommand.NoteEntry> entries) -> {
        List<SessionEvent.Noted> noted = sessionNotes.write(entries);
        safety.whenStored(() -> noted.forEach(host::send));
      }
      case ShardCommand.SessionEnded(SessionRef session) -> sessionEnded(session);
    }
  }

  /**
   * Answers a call, at once or when what it waits for has happened.
   *
   * @param answer called exactly once, on this loop
   */
  @SuppressWarnings("unchecked") // each case answers with the R of its call
  public <R> void onCall(ShardCall<R> call, Consumer<R> answer) {
    Consumer<Object> to = (Consumer<Object>) (Consumer<?>) answer;
    switch (call) {
      case ShardCall.CreateQueue create -> to.accept(create(create));
      case ShardCall.RestoreMessages(QueueRef ref, StoredBacklog messages) -> {
        ShardQueue queue = queues.find(ref);
        if (queue != null) {
          queue.restore(messages);
        }
        to.accept(Request.Done.DONE);
      }
      case ShardCall.InspectStream(QueueRef ref, int most) ->
          to.accept(
              queues.find(ref) instanceof StreamQueue stream
                  ? Result.ok(stream.describe(most))
                  : noStream(ref));
      case ShardCall.ForgetReader(QueueRef ref, String name) -> {
        if (!(queues.find(ref) instanceof StreamQueue stream)) {
          to.accept(noStream(ref));
        } else if (stream.forgetReader(name)) {
          services.safety().whenStored(() -> to.accept(Result.ok(Request.Done.DONE)));
        } else {
          to.accept(
              Result.refused(
                  Refusal.RESOURCE_LOCKED,
                  "stream '%s' in vhost '%s' is being read under the name '%s'"
                      .formatted(ref.name(), ref.vhost(), name)));
        }
      }
      case ShardCall.RestorePlaces(QueueRef ref, List<StreamPlace> places) -> {
        if (queues.find(ref) instanceof StreamQueue stream) {
          places.forEach(stream::restore);
        }
        to.accept(Request.Done.DONE);
      }
      case ShardCall.RestoreDelayed(List<StoredDelay> messages) -> {
        delayed.restore(messages);
        to.accept(Request.Done.DONE);
      }
      case ShardCall.KeepClient(Request.KeepSession request) -> {
        clients.keep(request);
        safety.whenStored(() -> to.accept(Request.Done.DONE));
      }
      case ShardCall.RestoreClients(var stored, var notes, int noteLoops) -> {
        clients.restore(stored, notes, noteLoops);
        to.accept(Request.Done.DONE);
      }
      case ShardCall.RestoreRetained(List<StoredMessage> values) -> {
        values.forEach(retained::restore);
        to.accept(Request.Done.DONE);
      }
      case ShardCall.KeepStreams(Set<Long> owners) -> {
        services.streams().deleteAllBut(owners);
        to.accept(Request.Done.DONE);
      }
      case ShardCall.BeginRestored _ -> {
        restored.forEach(ShardQueue::begin);
        restored.clear();
        to.accept(Request.Done.DONE);
      }
      case ShardCall.AwaitSync _ ->
          safety.whenStreamed(() -> safety.whenStored(() -> to.accept(Request.Done.DONE)));
      case ShardCall.RemoveQueue(QueueRef queue) -> to.accept(remove(queue));
      case ShardCall.Reconfigure(QueueRef queue, QueueSpec spec) ->
          to.accept(reconfigure(queue, spec));
      case ShardCall.Inspect(QueueRef ref) -> {
        ShardQueue queue = queues.find(ref);
        to.accept(queue == null ? ShardQueue.gone(ref) : queue.inspect());
      }
      case ShardCall.Purge(QueueRef ref) -> {
        ShardQueue queue = queues.find(ref);
        to.accept(queue == null ? ShardQueue.gone(ref) : queue.purge());
      }
      case ShardCall.Attach attach -> to.accept(attach(attach));
      case ShardCall.Detach(ConsumerRef consumer) -> {
        detach(consumer);
        to.accept(Result.ok(Request.Done.DONE));
      }
      case ShardCall.Take(QueueRef ref, SessionRef session, boolean noAck) -> {
        ShardQueue queue = queues.find(ref);
        if (queue == null) {
          to.accept(ShardQueue.gone(ref));
        } else {
          queue.take(session(session), noAck, (Consumer<Result<Request.Got>>) answer);
        }
      }
      case ShardCall.AppendDeadLetters(List<ShardCommand.Entry> entries) ->
          intake.append(entries, (Consumer<List<Integer>>) answer);
      case ShardCall.ListDelayed list ->
          delayed.list(list, (Consumer<List<Request.DelayedMessage>>) answer);
      case ShardCall.CancelDelayed cancel ->
          delayed.cancel(cancel, (Consumer<List<Request.DelayedMessage>>) answer);
      case ShardCall.BeginHistory(String vhost, String exchange, int most) -> {
        histories.begin(vhost, exchange, most);
        to.accept(Request.Done.DONE);
      }
      case ShardCall.EndHistory(String vhost, String exchange) -> {
        histories.end(vhost, exchange);
        to.accept(Request.Done.DONE);
      }
      case ShardCall.ReadHistory(String vhost, String exchange) ->
          to.accept(histories.read(vhost, exchange, host.nowMillis()));
      case ShardCall.Barrier _ -> to.accept(Request.Done.DONE);
      case ShardCall.WatchLive(QueueRef ref) -> to.accept(watch(ref));
      case ShardCall.ReadRetained read -> to.accept(retainedReads.read(read));
      case ShardCall.AppendRetained append -> to.accept(retainedReads.append(append));
      case ShardCall.ClaimClient(Request.ClaimSession request) ->
          clients.claim(request, (Consumer<Request.SessionClaim>) answer);
      case ShardCall.ReleaseClient(Request.ReleaseSession request) ->
          clients.release(request, (Consumer<Request.Done>) answer);
      case ShardCall.Prepare prepare -> to.accept(committing.prepare(prepare));
      case ShardCall.UndoPart(var id) -> {
        committing.undo(id);
        to.accept(Request.Done.DONE);
      }
      case ShardCall.ApplyPart(var id, Long committed) -> {
        committing.apply(id, committed);
        to.accept(Request.Done.DONE);
      }
      case ShardCall.KeepTransaction(var parts) -> {
        CommittedTransaction kept = committing.keep(parts);
        safety.whenStored(() -> to.accept(kept));
      }
      case ShardCall.ForgetTransaction(CommittedTransaction transaction) -> {
        committing.forget(transaction);
        to.accept(Request.Done.DONE);
      }
      case ShardCall.ReplaceRetained(Message message, var known) -> {
        boolean isReplaced = retained.replace(message, known);
        safety.whenStored(() -> to.accept(isReplaced));
      }
      case ShardCall.Retain(Message message) -> {
        retained.keep(message);
        safety.whenStored(() -> to.accept(Request.Done.DONE));
      }
    }
  }

  /** The turn ends: deliveries go out, then what the store has synced is confirmed. */
  public void onTurnEnd() {
    try {
      turn.end();
    } finally {
      pager.turnEnds();
      handover.flush();
    }
  }

  /**
   * Heap bytes of the messages this shard's queues and retained values hold. A message held on
   * several shards counts on one of them, so only the sum over all shards means something; one may
   * be negative. May be called from any thread.
   */
  public long heldBytes() {
    return memory.heldBytes();
  }

  /**
   * Says how much of the heap messages may take that could be on disk only. Until then all of them
   * stay here.
   */
  public void shareOfHeap(long bytes) {
    pager.share(bytes);
    reads.share(bytes);
  }

  /** Bytes that readers of streams have read, or asked for, and were not shown yet. */
  long readAheadBytes() {
    return reads.heldBytes();
  }

  /** Number of queues. */
  public int queueCount() {
    return queues.size();
  }

  private void stored(long position) {
    pager.synced(position);
    delayed.synced(position);
  }

  /** Number of messages that wait for their delay to end. */
  public int delayedCount() {
    return delayed.count();
  }

  /** Number of retained values. */
  public int retainedCount() {
    return retained.count();
  }

  /** How many retained values were not kept because a limit was reached. */
  public long retainedNotKept() {
    return retained.notKept();
  }

  /** Number of client ids that are held or kept. */
  public int clientCount() {
    return clients.size();
  }

  // ---- messages

  private void settle(List<Delivery> deliveries, Outcome outcome) {
    Chore settling = new Settling(deliveries, outcome, queues);
    settling.doSome(Turn.CHORE_BUDGET);
    if (!settling.isDone()) {
      turn.add(settling);
    }
  }

  private void grant(ConsumerRef ref, int credit, boolean drain) {
    QueueConsumer consumer = queues.find(ref);
    if (consumer != null) {
      consumer.queue.grant(consumer, credit, drain);
    }
  }

  // ---- queues and consumers

  private Result<QueueRef> create(ShardCall.CreateQueue call) {
    return switch (QueueArguments.parse(call.vhost(), call.spec())) {
      case Result.Refused<QueueArguments>(Refusal reason, String text) ->
          Result.refused(reason, text);
      case Result.Ok<QueueArguments>(QueueArguments arguments) -> {
        QueueRef ref = queues.nextRef(call.vhost(), call.spec().name());
        QueueDefinition stored = call.stored();
        if (stored != null && !call.isRestored()) {
          store.put(
              FactKind.QUEUE,
              Definitions.key(stored.vhost(), stored.spec().name()),
              Definitions.write(stored));
        }
        ShardQueue queue =
            arguments.stream() == null
                ? new Queue(ref, call, arguments, limits(call.spec(), arguments), services)
                : new StreamQueue(ref, call, arguments, arguments.stream(), services);
        queues.add(queue);
        if (call.isRestored()) {
          restored.add(queue);
        }
        yield Result.ok(ref);
      }
    };
  }

  private QueueLimits limits(QueueSpec spec, QueueArguments arguments) {
    return spec.kind() == QueueKind.VOLATILE
        ? arguments.limits().within(limits.volatileMessages())
        : arguments.limits();
  }

  private Result<Request.Done> reconfigure(QueueRef ref, QueueSpec spec) {
    ShardQueue queue = queues.find(ref);
    return switch (QueueArguments.parse(ref.vhost(), spec)) {
      case Result.Refused<QueueArguments>(Refusal reason, String text) ->
          Result.refused(reason, text);
      case Result.Ok<QueueArguments> _ when queue == null -> ShardQueue.gone(ref);
      case Result.Ok<QueueArguments>(QueueArguments arguments) -> {
        queue.reconfigure(arguments, limits(spec, arguments));
        yield Result.ok(Request.Done.DONE);
      }
    };
  }

  private long remove(QueueRef ref) {
    ShardQueue queue = queues.find(ref);
    if (queue == null) {
      return 0;
    }
    queues.remove(queue);
    restored.remove(queue);
    watches.forget(queue);
    queue.forgetRepeats();
    if (queue.isStored) {
      store.remove(FactKind.QUEUE, Definitions.key(ref.vhost(), ref.name()));
    }
    return queue.remove();
  }

  private Result<ConsumerRef> attach(ShardCall.Attach call) {
    ShardQueue queue = queues.find(call.queue());
    return queue == null
        ? ShardQueue.gone(call.queue())
        : queue.attach(session(call.session()), call.consumerId(), call.options());
  }

  private void detach(ConsumerRef ref) {
    QueueConsumer consumer = queues.find(ref);
    if (consumer != null) {
      consumer.queue.detach(consumer);
    }
  }

  private void sessionEnded(SessionRef ref) {
    ShardSession session = sessions.remove(ref);
    if (session != null) {
      session.isEnded = true;
      session.takeOutgoing(); // nobody is there to get it
      for (QueueConsumer consumer : List.copyOf(session.consumers())) {
        consumer.queue.abandon(consumer);
      }
    }
    clients.sessionEnded(ref);
  }

  private ShardSession session(SessionRef ref) {
    return sessions.computeIfAbsent(ref, ShardSession::new);
  }

  private static <R> Result<R> noStream(QueueRef ref) {
    return Result.refused(Refusal.NOT_FOUND, QueueArguments.named(ref) + " is no stream");
  }

  // ---- retained values

  private Result<Long> watch(QueueRef ref) {
    ShardQueue queue = queues.find(ref);
    return queue == null ? ShardQueue.gone(ref) : Result.ok(watches.begin(queue));
  }
}
