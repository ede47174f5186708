package io.serai.bench.peer;

import io.serai.bench.load.Protocol;
import io.serai.bench.load.Scenario;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** A broker that can be started here, unless something is missing. */
public sealed interface Peer permits SeraiPeer, RabbitmqPeer, MosquittoPeer, NatsPeer, JavaPeer {
  /** The name on the command line. */
  String name();

  /** What of the load's protocols it speaks. */
  Set<Protocol> protocols();

  /** Why it cannot be started here, and what to do about it; empty when it can. */
  Optional<String> missing();

  /**
   * Starts it with empty data and waits until its ports are open.
   *
   * @throws IOException when it ends or does not open them; the text has the end of its output
   */
  RunningPeer start() throws IOException, InterruptedException;

  /** Whether it speaks what a scenario needs. */
  default boolean speaks(Scenario scenario) {
    for (Protocol protocol : Protocol.values()) {
      if (scenario.speaks(protocol) && !protocols().contains(protocol)) {
        return false;
      }
    }
    return true;
  }
}
