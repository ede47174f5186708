package io.serai.bench.peer;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The peers by name. */
public final class Peers {
  /** Those that are compared when none are named: no download, no second JDK. */
  public static final List<String> USUAL = List.of("serai", "rabbitmq", "mosquitto", "nats");

  private final Map<String, Peer> byName;

  private Peers(@Nullable Path home) {
    byName =
        Map.of(
            "serai",
            SeraiPeer.ofLauncher(home),
            "rabbitmq",
            new RabbitmqPeer(),
            "mosquitto",
            new MosquittoPeer(),
            "nats",
            new NatsPeer(),
            "qpid",
            JavaPeer.qpid(home),
            "hivemq",
            JavaPeer.hivemq(home));
  }

  /**
   * For the source tree the launcher names in SERAI_HOME; without one only installed peers start.
   */
  public static Peers ofEnvironment() {
    String home = System.getenv("SERAI_HOME");
    return new Peers(home == null ? null : Path.of(home));
  }

  /**
   * The peer of that name.
   *
   * @throws IllegalArgumentException when there is none, with the names there are
   */
  public Peer named(String name) {
    Peer peer = byName.get(name);
    if (peer == null) {
      throw new IllegalArgumentException(
          "no peer '" + name + "'; there are serai, rabbitmq, mosquitto, nats, qpid, hivemq");
    }
    return peer;
  }
}
