package io.serai.routing.exchange;

import io.serai.bus.QueueRef;

/** Where a binding leads. */
public sealed interface Destination {
  /** A queue, by incarnation: the binding goes when the queue goes. */
  record ToQueue(QueueRef queue) implements Destination {}

  /** Another exchange of the same vhost. */
  record ToExchange(String name) implements Destination {}
}
