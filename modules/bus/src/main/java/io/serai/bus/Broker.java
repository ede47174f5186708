package io.serai.bus;

import io.serai.model.Origin;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The routing core as one loop's gateways see it. Confined to that loop; implemented by routing.
 * All calls of one session are carried out in the order they are made.
 */
public interface Broker {
  /** Whether the vhost exists. */
  boolean hasVhost(String vhost);

  /** Opens a way to publish for a connection of this loop. */
  Publisher publisher(Caller caller, Origin origin);

  /** What the connection publishes and settles together from now on, besides everything else. */
  Transaction transaction(Caller caller);

  /** Asks for something; the future completes on the caller's loop and never fails. */
  <R> Future<Result<R>> ask(Request<R> request);

  /** Settles one delivery. */
  void settle(Delivery delivery, Outcome outcome);

  /**
   * Writes a note of a session; {@link SessionEvent.Noted} says when it is safe.
   *
   * @param beside the queue whose settles of this turn go with it; null when there is none
   * @param token comes back
   */
  void note(SessionRef from, @Nullable QueueRef beside, SessionNote note, long token);

  /** Adds credit to a consumer. */
  void grant(ConsumerRef consumer, int credit, boolean drain);

  /**
   * The connection has ended: its consumers leave, unsettled deliveries return to their old place,
   * its exclusive queues are deleted.
   */
  void sessionEnded(SessionRef session);
}
