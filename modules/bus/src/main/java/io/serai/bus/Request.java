package io.serai.bus;

import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.TopicFilter;
import io.serai.model.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something a session asks of the broker and waits for. The routing core checks access, resolves
 * names against the current table and forwards to the owner. A change of topology is visible to
 * every connection once its answer is out (read your writes).
 *
 * @param <R> what a successful answer holds
 */
public sealed interface Request<R> {
  Caller caller();

  /** Answer to requests that return nothing. */
  enum Done {
    DONE
  }

  // ---- topology

  /** Declares an exchange; an existing one must be equivalent. */
  record DeclareExchange(Caller caller, ExchangeSpec spec) implements Request<Done> {}

  /** Succeeds when the exchange exists. */
  record CheckExchange(Caller caller, String name) implements Request<Done> {}

  /** Deletes an exchange; a missing one is not an error. */
  record DeleteExchange(Caller caller, String name, boolean ifUnused) implements Request<Done> {}

  /** Declares a queue; an existing one must be equivalent. */
  record DeclareQueue(Caller caller, QueueSpec spec) implements Request<QueueInfo> {}

  /** Succeeds when the queue exists and is not exclusive to another connection. */
  record CheckQueue(Caller caller, String name) implements Request<QueueInfo> {}

  /** Deletes a queue; answers how many ready messages went with it; a missing one gives 0. */
  record DeleteQueue(Caller caller, String name, boolean ifUnused, boolean ifEmpty)
      implements Request<Integer> {}

  /** Drops a queue's ready messages and answers how many. */
  record PurgeQueue(Caller caller, String name) implements Request<Integer> {}

  /** Adds bindings, all or none. */
  record Bind(Caller caller, List<BindingSpec> bindings) implements Request<Done> {}

  /** Removes bindings; answers for each whether it existed. */
  record Unbind(Caller caller, List<BindingSpec> bindings) implements Request<List<Boolean>> {}

  // ---- consuming

  /** Attaches a consumer. */
  record Consume(Caller caller, String queue, int consumerId, ConsumerOptions options)
      implements Request<ConsumerRef> {}

  /**
   * Detaches a consumer. Its unsettled deliveries stay with the session, which may still settle
   * them.
   */
  record CancelConsumer(Caller caller, ConsumerRef consumer) implements Request<Done> {}

  /** Takes the first ready message (AMQP 0-9-1 basic.get). */
  record Get(Caller caller, String queue, boolean noAck) implements Request<Got> {}

  /**
   * Adds a subscriber's bindings, all or none, and delivers the retained values that pass the
   * wanted filters into {@code queue}. Each topic's newest value arrives exactly once, live or
   * retained, however publishers and the subscription interleave. The answer is out once the
   * bindings count; the values follow.
   */
  record Subscribe(
      Caller caller, QueueRef queue, List<BindingSpec> bindings, List<WantedRetained> wanted)
      implements Request<Done> {}

  /**
   * Answers the retained values that pass a filter, those a subscriber of {@code amq.topic} would
   * get.
   *
   * @param most of them at most, in no order; at least 1
   * @param isBound whether the caller has bound a queue to the filter, and must miss no value, live
   *     or retained: then whatever was routed before is among them. This asks every loop
   */
  record ReadRetained(Caller caller, TopicFilter filter, int most, boolean isBound)
      implements Request<List<Message>> {}

  /**
   * Makes a message the retained value of its topic, or with an empty body takes that away, if the
   * topic's value still is the one that was read; answers whether it was. The message is not
   * published by that.
   *
   * @param message to a topic of {@code amq.topic}
   * @param known the very message that {@link ReadRetained} gave, null for none
   */
  record ReplaceRetained(Caller caller, Message message, @Nullable Message known)
      implements Request<Boolean> {}

  /**
   * Declares a queue of the caller's own that must not exist yet, reads it and subscribes it:
   * {@link DeclareQueue}, {@link Consume} and {@link Subscribe} in one, all or nothing. The
   * bindings count after one way to the owner of the topology instead of three.
   *
   * @param spec an exclusive queue with a name
   */
  record OpenSubscription(
      Caller caller,
      QueueSpec spec,
      int consumerId,
      ConsumerOptions options,
      List<BindingSpec> bindings,
      List<WantedRetained> wanted)
      implements Request<ConsumerRef> {}

  /**
   * Waits until whatever the caller's connection has published so far is as safe as it is to be,
   * with or without a confirm of its own.
   */
  record AwaitPublished(Caller caller) implements Request<Done> {}

  /**
   * Ends the caller's session before its connection ends: its consumers go, what it has not settled
   * returns to its queues, and its exclusive queues are deleted. All of that has happened when it
   * is answered; nothing may be asked in the session's name afterwards.
   */
  record EndSession(Caller caller) implements Request<Done> {}

  // ---- delayed messages

  /**
   * The messages that wait in a delayed exchange for their time, those due first.
   *
   * @param fromMillis none that is due before, milliseconds since 1970: a later page begins with
   *     the last time of the one before
   * @param most of them at most, 1 to {@link #MOST_LISTED}
   */
  record ListDelayed(Caller caller, String exchange, long fromMillis, int most)
      implements Request<List<DelayedMessage>> {
    /** The longest page. */
    public static final int MOST_LISTED = 1_000;
  }

  /**
   * Takes away what waits in a delayed exchange under a message id, so that nobody ever gets it.
   * Answers what that was; empty when nothing waits under it.
   */
  record CancelDelayed(Caller caller, String exchange, String messageId)
      implements Request<List<DelayedMessage>> {}

  // ---- streams

  /**
   * What a stream holds, and how far the readers of each name have come, those furthest back first.
   *
   * @param most names at most, 1 to {@link #MOST_LISTED}
   */
  record InspectStream(Caller caller, String stream, int most) implements Request<StreamInfo> {
    /** The longest list. */
    public static final int MOST_LISTED = 1_000;
  }

  /**
   * Forgets how far the readers of one name have come, so that the next one begins where it asks
   * to. Refused with {@link Refusal#RESOURCE_LOCKED} while somebody reads under the name.
   */
  record ForgetReader(Caller caller, String stream, String name) implements Request<Done> {}

  // ---- durable client sessions

  /**
   * Claims a client id for this connection. A connection that holds it is told {@link
   * SessionEvent.TakenOver} and releases it first.
   *
   * @param clean true drops what was kept: its queue is deleted before the answer
   */
  record ClaimSession(Caller caller, String clientId, boolean clean)
      implements Request<SessionClaim> {}

  /**
   * Says what is to be kept of a claimed session should the node end before it is given back.
   * Answered once that is safe.
   *
   * @param epoch from the claim; a stale one is ignored
   * @param record its times count from when the connection ends; null keeps nothing
   */
  record KeepSession(Caller caller, String clientId, long epoch, @Nullable SessionRecord record)
      implements Request<Done> {}

  /**
   * Gives a claimed client id back.
   *
   * @param epoch from the claim; a stale one is ignored
   * @param keep what to keep; null ends the session and deletes {@code queue}
   * @param queue the session's queue, if any
   */
  record ReleaseSession(
      Caller caller,
      String clientId,
      long epoch,
      @Nullable SessionRecord keep,
      @Nullable String queue)
      implements Request<Done> {}

  // ---- answers

  /** A queue that exists. */
  record QueueInfo(QueueRef queue, long readyMessages, int consumers) {}

  /**
   * Answer to {@link Get}.
   *
   * @param delivery null when the queue was empty
   * @param remaining ready messages left
   */
  record Got(@Nullable Delivery delivery, long remaining) {}

  /**
   * A message that waits for its time.
   *
   * @param address where it was published
   * @param messageId its publisher's id as text, null for none
   * @param dueMillis when it goes on, milliseconds since 1970
   */
  record DelayedMessage(
      Address address, @Nullable String messageId, long dueMillis, int bodyBytes) {}

  /**
   * A stream.
   *
   * @param firstOffset its oldest message's
   * @param nextOffset that its next message gets
   * @param sizeBytes stored
   * @param readers by how far they have come, some of them if there are many
   */
  record StreamInfo(long firstOffset, long nextOffset, long sizeBytes, List<NamedReader> readers) {}

  /**
   * The readers of one name.
   *
   * @param offset the next one begins there
   * @param attached how many read or wait for their turn now
   */
  record NamedReader(String name, long offset, int attached) {}

  /**
   * One filter of a subscriber that wants retained values, and the match its copies carry, null for
   * none.
   */
  record WantedRetained(TopicFilter filter, @Nullable MatchData match) {}

  /**
   * Answer to {@link ClaimSession}.
   *
   * @param epoch fences the claim: a later claim has a higher one
   * @param kept what an earlier connection left, if the session exists and {@code clean} was false
   * @param notes what was noted beside {@code kept} when the node ended; null when {@code kept} is
   *     of this run, and so says everything
   */
  record SessionClaim(long epoch, @Nullable SessionRecord kept, @Nullable SessionNotes notes) {
    /** Of a session that no node has ended under. */
    public SessionClaim(long epoch, @Nullable SessionRecord kept) {
      this(epoch, kept, null);
    }
  }

  /** No arguments. */
  static Value.MapOf noArguments() {
    return new Value.MapOf(List.of());
  }
}
