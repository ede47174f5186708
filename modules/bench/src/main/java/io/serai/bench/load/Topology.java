package io.serai.bench.load;

/** How publishers and consumers meet. */
public enum Topology {
  /** Everybody at one queue, through the default exchange. */
  QUEUE,
  /** Every message reaches every consumer. */
  FANOUT,
  /** Publisher i to consumer i, over a queue or topic of their own. */
  PAIRS,
  /** Every publisher has a topic of its own, consumers one filter over all of them. */
  TOPIC,
  /** Every publisher has a routing key of its own on a direct exchange, bound to one queue. */
  DIRECT
}
