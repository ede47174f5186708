package io.serai.gateway.driver;

import io.serai.bus.PublishOnce;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.Request;
import io.serai.bus.Transaction;
import io.serai.gateway.ConfirmTracker;
import io.serai.model.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one connection publishes, on its way to the shards. Each message is routed at once, so that
 * the session has its answer; the batch leaves when a read has been decoded.
 *
 * <p>While the {@link PublisherGate} is shut messages are parked here, in order, and their confirms
 * stay away. Whether they have somewhere to go is found out at once all the same; where, when they
 * leave, since queues come and go meanwhile. A retained message takes the parked ones along: it is
 * kept in the turn of its publish, and a subscriber that comes then would get its parked copy
 * besides the kept one. Acknowledgements, credit and cancels take no part in this. What is parked
 * is bounded in bytes by the gate; a connection that has used up its part is not read any more.
 * Confined to the connection's loop.
 */
final class Publishing {
  /** Who hears of a parked message that had somewhere to go once and has not any more. */
  @FunctionalInterface
  interface Late {
    /**
     * Called from inside and from outside of the session's calls.
     *
     * @param why never {@link PublishResult#ROUTED}
     */
    void notRouted(long token, PublishResult why);
  }

  private final PublisherGate gate;
  private final Runnable readOn;
  private final Late late;
  private final Consumer<Throwable> failed;
  private final ConfirmTracker confirms = new ConfirmTracker();
  private @Nullable Publisher publisher;
  private boolean hasPublished;
  private long nextBatchId = 1;

  /** Whether it takes messages out of queues, and so must stay readable to acknowledge them. */
  private boolean hasConsumers;

  /** The transport is gone, and the gate was open or out of room: nothing waits any more. */
  private boolean isLeaving;

  /** Published since the gate was shut, whether it left or not: its part of the gate's room. */
  private long parkedBytes;

  /** Messages that wait for the gate, bounded by {@link #parkedBytes}. */
  private final Deque<Parked> parked = new ArrayDeque<>(0);

  /** Commits that wait behind what is parked; their messages count as parked. */
  private final Deque<Commit> parkedCommits = new ArrayDeque<>(0);

  /** Something in the open batch is kept as a retained value, too. */
  private boolean holdsRetained;

  /**
   * @param readOn called after parked messages have gone on
   * @param late told of parked messages that asked for confirmation and went nowhere
   * @param failed ends the connection because what it had parked could not leave
   */
  Publishing(PublisherGate gate, Runnable readOn, Late late, Consumer<Throwable> failed) {
    this.gate = gate;
    this.readOn = readOn;
    this.late = late;
    this.failed = failed;
  }

  /** A message on its way in, as {@link #publish} was given it. */
  private record Parked(Message message, int flags, long token, @Nullable PublishOnce once) {}

  private record Commit(Transaction transaction, Consumer<Boolean> done) {
    void run() {
      transaction.commit().onSuccess(done::accept);
    }
  }

  /**
   * The connection is authenticated and in a vhost. When it comes in again, as another user, what
   * it has published so far leaves first.
   */
  void enter(Publisher into) {
    send();
    publisher = into;
  }

  /** Routes a message into the open batch; see {@link io.serai.gateway.Effects#publish}. */
  PublishResult publish(Message message, int flags, long token, @Nullable PublishOnce once) {
    Publisher to = publisher;
    if (to == null) {
      throw new IllegalStateException("publish before enter");
    }
    if ((flags & Publisher.CHECK) != 0) {
      return to.publish(message, flags, once); // nothing is published
    }
    boolean isRetained = (flags & Publisher.RETAIN) != 0;
    if (mustPark() && !isRetained) {
      // Whether there is a queue for it is said now; which one it is, when it leaves.
      PublishResult result = to.publish(message, flags | Publisher.CHECK, once);
      if (result == PublishResult.ROUTED) {
        parked.add(new Parked(message, flags, token, once));
        countAsParked(message.sizeBytes());
      }
      return result;
    }
    routeParked();
    PublishResult result = route(to, message, flags, token, once);
    if (isRetained) {
      holdsRetained |= result == PublishResult.ROUTED;
      if (mustPark()) {
        countAsParked(message.sizeBytes());
      }
    }
    return result;
  }

  /** Whether what is published now waits for the gate. */
  private boolean mustPark() {
    return !gate.isOpen() && !isLeaving;
  }

  private void countAsParked(long bytes) {
    parkedBytes += bytes;
    gate.park(this, bytes);
  }

  private PublishResult route(
      Publisher to, Message message, int flags, long token, @Nullable PublishOnce once) {
    hasPublished = true;
    PublishResult result = to.publish(message, flags, once);
    if (result == PublishResult.ROUTED && (flags & Publisher.CONFIRM) != 0) {
      confirms.add(token);
    }
    return result;
  }

  /** Puts what is parked into the open batch, by the table as it is now. */
  private void routeParked() {
    Publisher to = publisher;
    if (to == null) {
      return;
    }
    for (Parked next; (next = parked.poll()) != null; ) {
      PublishResult result = route(to, next.message, next.flags, next.token, next.once);
      if (result != PublishResult.ROUTED && (next.flags & Publisher.CONFIRM) != 0) {
        late.notRouted(next.token, result);
      }
    }
  }

  /** Has a transaction take effect after what was published before it. */
  void commit(Transaction transaction, Consumer<Boolean> done) {
    flush();
    Commit commit = new Commit(transaction, done);
    if (!mustPark()) {
      commit.run();
      return;
    }
    countAsParked(transaction.sizeBytes());
    parkedCommits.add(commit);
  }

  /**
   * Sends the open batch, if the gate is open or something in it is retained. That still counts as
   * parked, so it is no way around the bound.
   */
  void flush() {
    if (!mustPark() || holdsRetained) {
      send();
    }
  }

  /**
   * Sends the open batch ahead of a request. Through a shut gate only a request whose answer speaks
   * of a queue's messages takes parked ones along: whoever publishes and then asks how many there
   * are, takes one or deletes the queue means them too. They still count as parked, so this is no
   * way around the bound.
   */
  void flushBefore(Request<?> request) {
    hasConsumers |=
        request instanceof Request.Consume
            || request instanceof Request.OpenSubscription
            || request instanceof Request.Get;
    if (!mustPark() || speaksOfMessages(request)) {
      send();
    }
  }

  private static boolean speaksOfMessages(Request<?> request) {
    return switch (request) {
      case Request.DeclareQueue _,
          Request.CheckQueue _,
          Request.DeleteQueue _,
          Request.PurgeQueue _,
          Request.AwaitPublished _,
          Request.Get _ ->
          true;
      default -> false;
    };
  }

  private void send() {
    routeParked();
    Publisher to = publisher;
    holdsRetained = false;
    if (to != null && hasPublished) {
      long batchId = nextBatchId++;
      // Answers are events, which come when the turn has ended: after this registers the batch.
      confirms.flushed(batchId, to.flush(batchId));
    }
  }

  // ---- what shards answer

  /** A shard has answered for its part of a batch. */
  void answered(long batchId, List<Integer> refused, ConfirmTracker.Sink sink) {
    confirms.answered(batchId, refused, sink);
  }

  /** Messages of a batch have no queue any more. */
  void unrouted(long batchId, List<Integer> indexes) {
    confirms.unrouted(batchId, indexes);
  }

  /** A queue had messages of a batch before. */
  void repeated(long batchId, List<Integer> indexes, LongConsumer tokens) {
    confirms.tokens(batchId, indexes, tokens);
  }

  // ---- when the gate lets go, or the connection ends

  /** What was parked leaves, and the connection is read on; or it ends, and others go on. */
  void goOn() {
    try {
      unpark();
      readOn.run();
    } catch (Throwable e) {
      failed.accept(e);
    }
  }

  /**
   * The transport is gone. What is parked leaves when the gate lets it, like everybody's: whoever
   * connects, publishes and closes again in a row must not get past it. Only when the loop's room
   * for parked messages is used up it leaves at once.
   */
  void leave() {
    if (gate.isOpen() || gate.isOutOfRoom()) {
      isLeaving = true;
      try {
        unpark();
      } catch (Throwable e) {
        failed.accept(e); // it has to come to its end all the same
      }
    }
  }

  private void unpark() {
    gate.leave(this, parkedBytes);
    parkedBytes = 0;
    send();
    for (Commit next; (next = parkedCommits.poll()) != null; ) {
      next.run();
    }
  }

  // ---- for the connection

  /** Whether it has published anything. */
  boolean hasPublished() {
    return hasPublished;
  }

  /** Whether no more can be parked, so that the socket must not be read. */
  boolean isFull() {
    return parkedBytes > 0 && gate.isFull(parkedBytes, hasConsumers);
  }
}
