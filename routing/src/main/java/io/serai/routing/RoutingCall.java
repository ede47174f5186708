package io.serai.routing;

import io.serai.bus.OwnerRequest;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRef;

/**
 * What loops ask of the topology owner (loop 0), and of each other's routing.
 *
 * @param <R> the answer
 */
sealed interface RoutingCall<R> extends OwnerRequest<R> {
  /** A change of topology a client asked for; access has been checked on the client's loop. */
  record Change<R>(Request<R> request) implements RoutingCall<Result<R>> {}

  /** Publish a queue that its connection's loop has created, together with its bindings. */
  record Adopt(Request.OpenSubscription request, QueueRef queue)
      implements RoutingCall<Result<Request.Done>> {}

  /** The same after the connection's loop has published it itself: what is left to the owner. */
  record Adopted(Request.OpenSubscription request, QueueRef queue)
      implements RoutingCall<Result<Request.Done>> {}

  /** Delete this incarnation of a queue: its shard says its time has come. */
  record Drop(QueueRef queue) implements RoutingCall<Request.Done> {}

  /** Delete a queue by name, if it exists: the end of a client session. */
  record DropNamed(String vhost, String name) implements RoutingCall<Request.Done> {}

  /** A connection that had exclusive queues ended. */
  record EndSession(SessionRef session) implements RoutingCall<Request.Done> {}

  /** Take over what the configuration declares, in place of what it declared before. */
  record Apply(DeclaredTopology declared) implements RoutingCall<Result<Request.Done>> {}

  /** Bring back what the store has and take over what the configuration declares, at the start. */
  record Restore(RestoredNode stored, DeclaredTopology declared)
      implements RoutingCall<Result<Request.Done>> {}

  /** Answered when everything this loop has routed so far has reached every shard. */
  record PassBarrier() implements RoutingCall<Request.Done> {}
}
