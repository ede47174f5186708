package io.serai.routing.queue;

import io.serai.bus.Caller;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.OwnerRequest;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionNotes;
import io.serai.bus.SessionRef;
import io.serai.bus.ShardCommand;
import io.serai.model.Message;
import io.serai.model.TopicFilter;
import io.serai.routing.store.CommittedTransaction;
import io.serai.routing.store.QueueDefinition;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredBacklog;
import io.serai.routing.store.StoredDelay;
import io.serai.routing.store.StoredMessage;
import io.serai.routing.store.StoredNotes;
import io.serai.routing.store.StoredSession;
import io.serai.routing.store.StreamPlace;
import io.serai.routing.stream.StreamStore;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the routing core asks of the shard that owns a queue, a retained value or a client id.
 * Access has been checked and names resolved by then.
 *
 * @param <R> the answer
 */
public sealed interface ShardCall<R> extends OwnerRequest<R> {
  /**
   * Creates a queue. The topology owner publishes it in the table afterwards.
   *
   * @param spec the queue with a policy's arguments among its own
   * @param declaredBy with whose permission the queue writes; null for the configuration's
   * @param stored what to store of it; null when it does not survive the node
   * @param isRestored whether the store has it already
   */
  record CreateQueue(
      String vhost,
      QueueSpec spec,
      @Nullable Caller declaredBy,
      @Nullable QueueDefinition stored,
      boolean isRestored)
      implements ShardCall<Result<QueueRef>> {
    /** A queue that does not survive the node. */
    public CreateQueue(String vhost, QueueSpec spec, @Nullable Caller declaredBy) {
      this(vhost, spec, declaredBy, null, false);
    }

    /** Whose its messages are in the store. */
    long owner() {
      return stored == null ? Store.NOT_STORED : stored.owner();
    }
  }

  /** Gives a queue that is just created what it had when the node ended. It does not begin yet. */
  record RestoreMessages(QueueRef queue, StoredBacklog messages)
      implements ShardCall<Request.Done> {}

  /** Tells a stream how far readers with a name had come when the node ended. */
  record RestorePlaces(QueueRef queue, List<StreamPlace> places)
      implements ShardCall<Request.Done> {}

  /** See {@link Request.InspectStream}. */
  record InspectStream(QueueRef queue, int most) implements ShardCall<Result<Request.StreamInfo>> {}

  /** See {@link Request.ForgetReader}. */
  record ForgetReader(QueueRef queue, String name) implements ShardCall<Result<Request.Done>> {}

  /** Takes back messages whose delay was not over when the node ended. */
  record RestoreDelayed(List<StoredDelay> messages) implements ShardCall<Request.Done> {}

  /** Takes back retained values of topics that this shard owns. */
  record RestoreRetained(List<StoredMessage> values) implements ShardCall<Request.Done> {}

  /** Forgets streams that belong to no queue, as {@link StreamStore#deleteAllBut} says. */
  record KeepStreams(Set<Long> owners) implements ShardCall<Request.Done> {}

  /** Every queue has what it had: those that were restored begin. */
  record BeginRestored() implements ShardCall<Request.Done> {}

  /** Answered once everything said to the store so far is safe. */
  record AwaitSync() implements ShardCall<Request.Done> {}

  /**
   * Removes a queue that is no longer in the table: consumers are told, messages released. Answers
   * how many ready messages went with it.
   */
  record RemoveQueue(QueueRef queue) implements ShardCall<Long> {}

  /**
   * Gives a queue what a policy changed about it: limits, expiry, dead letters, delivery limit.
   *
   * @param spec the queue with the policy's arguments among its own
   */
  record Reconfigure(QueueRef queue, QueueSpec spec) implements ShardCall<Result<Request.Done>> {}

  /**
   * The messages of this shard that wait for their delay to end.
   *
   * @param exchange where they wait, null for any
   * @param fromMillis none that is due before
   * @param most of them at most, those due first
   */
  record ListDelayed(String vhost, @Nullable String exchange, long fromMillis, int most)
      implements ShardCall<List<Request.DelayedMessage>> {}

  /** Takes away what waits under a message id, and answers what that was. */
  record CancelDelayed(String vhost, String exchange, String messageId)
      implements ShardCall<List<Request.DelayedMessage>> {}

  /** Counts of a queue; refused with NOT_FOUND when it is gone. */
  record Inspect(QueueRef queue) implements ShardCall<Result<Request.QueueInfo>> {}

  /** Drops ready messages and answers how many. */
  record Purge(QueueRef queue) implements ShardCall<Result<Integer>> {}

  /** Attaches a consumer; refused with ACCESS_REFUSED when the queue is in exclusive use. */
  record Attach(QueueRef queue, SessionRef session, int consumerId, ConsumerOptions options)
      implements ShardCall<Result<ConsumerRef>> {}

  /** Detaches a consumer; deliveries already on their way come first. */
  record Detach(ConsumerRef consumer) implements ShardCall<Result<Request.Done>> {}

  /** Takes the first ready message. */
  record Take(QueueRef queue, SessionRef session, boolean noAck)
      implements ShardCall<Result<Request.Got>> {}

  /** An exchange remembers its last messages here from now on. */
  record BeginHistory(String vhost, String exchange, int most) implements ShardCall<Request.Done> {}

  /** An exchange that remembers is gone. */
  record EndHistory(String vhost, String exchange) implements ShardCall<Request.Done> {}

  /** Answers what an exchange remembers, oldest first. */
  record ReadHistory(String vhost, String exchange) implements ShardCall<List<Message>> {}

  /**
   * Appends messages that another queue gave up, or an exchange remembers; answers which of them
   * were refused, by index and ascending, once the others are as safe as each asks.
   */
  record AppendDeadLetters(List<ShardCommand.Entry> entries) implements ShardCall<List<Integer>> {}

  /**
   * Does nothing; its answer proves that everything the caller's loop sent before has been handled
   * here.
   */
  record Barrier() implements ShardCall<Request.Done> {}

  /**
   * Starts to note the topics of live messages that this queue gets, for {@link AppendRetained}.
   */
  record WatchLive(QueueRef queue) implements ShardCall<Result<Long>> {}

  /**
   * The retained values of this shard that pass a filter, with the index of the filter.
   *
   * @param most of them for each filter
   */
  record ReadRetained(String vhost, List<TopicFilter> filters, int most)
      implements ShardCall<List<FoundRetained>> {
    /** All of them. */
    public ReadRetained(String vhost, List<TopicFilter> filters) {
      this(vhost, filters, Integer.MAX_VALUE);
    }
  }

  /** One retained value that passed {@code filters[filterIndex]}. */
  record FoundRetained(int filterIndex, Message message) {}

  /** Appends retained values, skipping topics noted since the watch began, and ends the watch. */
  record AppendRetained(
      long watch, QueueRef queue, List<Request.WantedRetained> wanted, List<FoundRetained> found)
      implements ShardCall<Integer> {}

  /** See {@link Request.ClaimSession}; the answer waits until an earlier holder has released. */
  record ClaimClient(Request.ClaimSession request) implements ShardCall<Request.SessionClaim> {}

  /** See {@link Request.KeepSession}. */
  record KeepClient(Request.KeepSession request) implements ShardCall<Request.Done> {}

  /**
   * Takes back client sessions that this shard owns.
   *
   * @param notes what was noted beside them, and of clients without a session, which is forgotten
   * @param noteLoops how many loops may have written of publishes
   */
  record RestoreClients(
      List<StoredSession> sessions, Map<StoredNotes.Client, SessionNotes> notes, int noteLoops)
      implements ShardCall<Request.Done> {}

  /** See {@link Request.ReleaseSession}. */
  record ReleaseClient(Request.ReleaseSession request) implements ShardCall<Request.Done> {}

  /** Keeps or, with an empty body, removes a topic's retained value; answered when that is safe. */
  record Retain(Message message) implements ShardCall<Request.Done> {}

  /** See {@link Request.ReplaceRetained}; answered when it is safe. */
  record ReplaceRetained(Message message, @Nullable Message known) implements ShardCall<Boolean> {}

  // ---- transactions

  /**
   * One transaction.
   *
   * @param loop where it is committed from
   * @param number of that loop's
   */
  record TransactionId(int loop, long number) {}

  /** A delivery to settle in a transaction. */
  record SettleOne(Delivery delivery, Outcome outcome) {}

  /**
   * Makes sure that this shard can do its part of a transaction: room is kept, deliveries are taken
   * out of their consumers' hands. {@link ApplyPart} or {@link UndoPart} follows.
   */
  record Prepare(
      TransactionId id, SessionRef by, List<ShardCommand.Entry> entries, List<SettleOne> settles)
      implements ShardCall<PreparedPart> {}

  /** A message that a durable queue or a stream will get. */
  record StoredEnqueue(
      CommittedTransaction.Stored stored, long owner, int level, boolean isStream) {}

  /**
   * Answer to {@link Prepare}.
   *
   * @param enqueues what of it survives the node
   * @param settles what of it survives the node
   */
  record PreparedPart(
      boolean isPossible, List<StoredEnqueue> enqueues, List<CommittedTransaction.Settle> settles) {
    /** It cannot be done; nothing has changed. */
    public static final PreparedPart REFUSED = new PreparedPart(false, List.of(), List.of());

    /** Whether anything of it survives the node. */
    public boolean isStored() {
      return !enqueues.isEmpty() || !settles.isEmpty();
    }

    /**
     * Whether it is whole or not there after a crash without being stored first: the shard writes
     * it in one unit. Streams have files of their own.
     */
    public boolean isWhole() {
      return enqueues.size() + settles.size() == 1
          || enqueues.stream().noneMatch(StoredEnqueue::isStream);
    }
  }

  /** What one shard has prepared. */
  record KeptPart(int loop, PreparedPart prepared) {}

  /** Gives up what was prepared. */
  record UndoPart(TransactionId id) implements ShardCall<Request.Done> {}

  /** Does what was prepared, which may not be safe when this is answered. */
  record ApplyPart(TransactionId id, @Nullable Long committed) implements ShardCall<Request.Done> {}

  /** Stores a transaction before its parts are done; answered once that is safe. */
  record KeepTransaction(List<KeptPart> parts) implements ShardCall<CommittedTransaction> {}

  /** Every part of a stored transaction is safe. */
  record ForgetTransaction(CommittedTransaction transaction) implements ShardCall<Request.Done> {}
}
