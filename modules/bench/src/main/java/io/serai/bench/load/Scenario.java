package io.serai.bench.load;

import java.util.Locale;

/**
 * What is sent, by how many, over which protocols.
 *
 * @param name as on the command line, with the body size: {@code amqp-fan10-1k}
 * @param from protocol of the publishers
 * @param to protocol of the consumers
 * @param topology how they meet
 * @param publishers number of publishing connections
 * @param consumers number of consuming connections
 * @param qos MQTT quality of service of publishes and subscriptions, 0 or 1
 * @param confirmWindow unconfirmed messages a publisher may have (AMQP confirms, MQTT QoS 1); 0
 *     without confirms
 * @param isPersistent AMQP delivery mode 2 into a durable queue
 * @param isAutoAck AMQP consumer without acknowledgements
 * @param ackEvery deliveries an AMQP consumer acknowledges together
 * @param window messages published and not yet delivered in a closed loop; 0 for 10,000 or 16 MiB
 *     of bodies, shared by the copies of a fan-out
 * @param bodyBytes size of a body
 */
public record Scenario(
    String name,
    Protocol from,
    Protocol to,
    Topology topology,
    int publishers,
    int consumers,
    int qos,
    int confirmWindow,
    boolean isPersistent,
    boolean isAutoAck,
    int ackEvery,
    int window,
    int bodyBytes) {
  private static final int WINDOW_MESSAGES = 10_000;
  private static final long WINDOW_BYTES = 16L << 20;

  /** Deliveries of one published message. */
  public int copies() {
    boolean isEachToAll =
        topology == Topology.FANOUT || (topology == Topology.TOPIC && to == Protocol.MQTT);
    return isEachToAll ? consumers : 1;
  }

  /** Whether several consumers share the messages of one publisher. */
  boolean isShared() {
    return copies() == 1 && topology != Topology.PAIRS && consumers > 1;
  }

  /** Whether consumer c gets what publisher p sends. */
  boolean isMeant(int publisher, int consumer) {
    return topology != Topology.PAIRS || publisher == consumer;
  }

  /** Whether publishers wait for the broker to say that it has a message. */
  public boolean isConfirmed() {
    return confirmWindow > 0;
  }

  /** Whether a protocol is spoken at either end. */
  public boolean speaks(Protocol protocol) {
    return from == protocol || to == protocol;
  }

  /** Messages that may be published and undelivered, at least 20. */
  long undeliveredWindow() {
    if (window > 0) {
      return window;
    }
    long messages = Math.min(WINDOW_MESSAGES, Math.max(64, WINDOW_BYTES / bodyBytes));
    return copies() == 1 ? messages : Math.max(100, messages / copies());
  }

  /** One line for people. */
  public String describe() {
    String protocols =
        from == to
            ? from.name()
            : String.format(Locale.ROOT, "%s publishes, %s consumes", from.name(), to.name());
    String extras =
        (qos > 0 ? ", QoS 1" : "")
            + (isPersistent ? ", persistent" : "")
            + (confirmWindow > 0 && from == Protocol.AMQP ? ", confirms" : "")
            + (confirmWindow > 0 ? ", " + confirmWindow + " open" : "")
            + (isAutoAck ? ", auto-ack" : "")
            + (ackEvery == 1 ? ", each message acknowledged by itself" : "");
    return String.format(
        Locale.ROOT,
        "%s, %s %d:%d%s",
        protocols,
        topology.name().toLowerCase(Locale.ROOT),
        publishers,
        consumers,
        extras);
  }
}
