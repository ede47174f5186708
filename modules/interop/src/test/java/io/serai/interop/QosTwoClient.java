package io.serai.interop;

import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * An MQTT client as the specification has it (MQTT 5.0 §4.3.3, §4.4), with a session that outlives
 * every connection: it says again with the same packet id what was not answered, and gives each
 * message it gets on once. Safe for use from several threads.
 */
final class QosTwoClient implements AutoCloseable {
  private static final int WINDOW = 16;
  private static final String SESSION_OF_AN_HOUR = "1100000e10";

  private final String id;
  private final CrashLedger ledger;

  /** Sent and not answered by PUBREC: body and ledger number by packet id. */
  private final Map<Integer, Sent> unanswered = new LinkedHashMap<>();

  /** PUBREC came, PUBCOMP did not. */
  private final Set<Integer> releasing = new LinkedHashSet<>();

  /** Packet ids of messages that came and were not released. */
  private final Set<Integer> held = new HashSet<>();

  private MqttWire wire;
  private Thread reader;
  private int lastPacketId;
  private boolean wasSessionPresent;
  private boolean isSubscribed;

  private record Sent(String topic, byte[] body, int number) {}

  QosTwoClient(String id, CrashLedger ledger) {
    this.id = id;
    this.ledger = ledger;
  }

  /** Connects, takes up the session, and says again what was not answered. */
  synchronized QosTwoClient connect(int port) throws IOException {
    wire = MqttWire.connect(port, id, 0, 0, SESSION_OF_AN_HOUR, new byte[0]);
    wasSessionPresent = wire.next(MqttWire.CONNACK).content()[0] == 1;
    MqttWire current = wire;
    releasing.forEach(packetId -> say(current, MqttWire.PUBREL | 2, packetId));
    unanswered.forEach((packetId, sent) -> publish(current, packetId, sent, true));
    reader = Thread.ofPlatform().name(id).daemon().start(() -> read(current));
    return this;
  }

  synchronized boolean wasSessionPresent() {
    return wasSessionPresent;
  }

  /** Subscribes; what is published from then on is to come. */
  void subscribe(String filter) throws Exception {
    synchronized (this) {
      isSubscribed = false;
      wire.subscribe(filter, 2);
    }
    Eventually.await("SUBACK of " + id, 60, this::isSubscribed);
  }

  private synchronized boolean isSubscribed() {
    return isSubscribed;
  }

  private static void say(MqttWire to, int first, int packetId) {
    try {
      to.number(packetId, 2).send(first);
    } catch (IOException e) {
      // the node is gone: it is said again when it is back
    }
  }

  private static void publish(MqttWire to, int packetId, Sent sent, boolean isDup) {
    try {
      to.text(sent.topic).number(packetId, 2).number(0, 1).bytes(sent.body);
      to.send(MqttWire.PUBLISH | 4 | (isDup ? 8 : 0));
    } catch (IOException e) {
      // as above
    }
  }

  /** Publishes the ledger's next message of this client, once there is room for it. */
  synchronized void publish(String topic) throws InterruptedException {
    while (unanswered.size() + releasing.size() >= WINDOW) {
      wait(50);
      if (!reader.isAlive()) {
        return;
      }
    }
    do {
      lastPacketId = lastPacketId % 40 + 1; // few, so that they are used again soon
    } while (unanswered.containsKey(lastPacketId) || releasing.contains(lastPacketId));
    byte[] body = ledger.next(id);
    Sent sent = new Sent(topic, body, ledger.sentBy(id) - 1);
    unanswered.put(lastPacketId, sent);
    publish(wire, lastPacketId, sent, false);
  }

  private void read(MqttWire from) {
    try {
      for (MqttWire.Packet packet; (packet = from.read()) != null; ) {
        take(from, packet);
      }
    } catch (IOException | RuntimeException e) {
      // the node is gone
    }
  }

  private synchronized void take(MqttWire from, MqttWire.Packet packet) {
    switch (packet.type()) {
      case MqttWire.PUBLISH -> {
        if (held.add(packet.packetId())) {
          ledger.received(packet.body());
        }
        say(from, MqttWire.PUBREC, packet.packetId());
      }
      case MqttWire.PUBREL -> {
        held.remove(packet.answeredId());
        say(from, MqttWire.PUBCOMP, packet.answeredId());
      }
      case MqttWire.PUBREC -> {
        int packetId = packet.answeredId();
        Sent sent = unanswered.remove(packetId);
        if (sent != null) {
          ledger.confirmed(id, sent.number);
        }
        releasing.add(packetId);
        say(from, MqttWire.PUBREL | 2, packetId);
      }
      case MqttWire.PUBCOMP -> {
        releasing.remove(packet.answeredId());
        notifyAll();
      }
      case MqttWire.SUBACK -> isSubscribed = true;
      default -> {} // a node that stops says DISCONNECT
    }
  }

  /** How much of what it published is not completed. */
  synchronized int underWay() {
    return unanswered.size() + releasing.size();
  }

  /** Ends the connection without a word; the session stays. */
  @Override
  public void close() throws IOException {
    Thread running;
    synchronized (this) {
      running = reader;
      if (wire != null) {
        wire.close();
      }
    }
    if (running != null) {
      try {
        running.join(60_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
