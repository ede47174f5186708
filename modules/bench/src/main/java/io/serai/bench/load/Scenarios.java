package io.serai.bench.load;

import static io.serai.bench.load.Protocol.AMQP;
import static io.serai.bench.load.Protocol.MQTT;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The scenarios by name: what runs, then {@code -} and the size of a body. */
public final class Scenarios {
  /** What {@code serai bench} runs when no scenario is named. */
  public static final List<String> USUAL =
      List.of("amqp-16", "amqp-conf-16", "amqp-fan10-16", "mqtt-pairs-16", "cross-16");

  private static final Map<String, Scenario> BY_NAME = new LinkedHashMap<>();

  static {
    add("amqp", AMQP, AMQP, Topology.QUEUE, 1, 1);
    addAcks("amqp-auto", true, 100);
    addAcks("amqp-ack1", false, 1);
    addConfirmed("amqp-conf", 500, false);
    addConfirmed("amqp-persist", 500, true);
    addConfirmed("amqp-sync", 1, true);
    add("amqp-4x4", AMQP, AMQP, Topology.QUEUE, 4, 4);
    add("amqp-fan10", AMQP, AMQP, Topology.FANOUT, 1, 10);
    add("amqp-fan100", AMQP, AMQP, Topology.FANOUT, 1, 100);
    add("amqp-pairs", AMQP, AMQP, Topology.PAIRS, 10, 10);
    add("amqp-topic", AMQP, AMQP, Topology.TOPIC, 1, 1);
    add("amqp-direct", AMQP, AMQP, Topology.DIRECT, 1, 1);
    add("mqtt-in", MQTT, MQTT, Topology.TOPIC, 20, 1);
    addQos1("mqtt-in1", MQTT, Topology.TOPIC, 20, 1, 200);
    add("mqtt-one", MQTT, MQTT, Topology.TOPIC, 1, 1);
    addQos1("mqtt-one1", MQTT, Topology.TOPIC, 1, 1, 500);
    add("mqtt-fan", MQTT, MQTT, Topology.FANOUT, 1, 50);
    put("mqtt-fan1k", MQTT, MQTT, Topology.FANOUT, 1, 1000, 0, 0, false, false, 100, 20);
    add("mqtt-pairs", MQTT, MQTT, Topology.PAIRS, 50, 50);
    addQos1("mqtt-pairs1", MQTT, Topology.PAIRS, 50, 50, 50);
    add("cross", MQTT, AMQP, Topology.TOPIC, 20, 1);
    addQos1("cross1", AMQP, Topology.TOPIC, 20, 1, 200);
    add("back", AMQP, MQTT, Topology.TOPIC, 1, 1);
  }

  private Scenarios() {}

  private static void add(
      String name, Protocol from, Protocol to, Topology topology, int publishers, int consumers) {
    put(name, from, to, topology, publishers, consumers, 0, 0, false, false, 100, 0);
  }

  private static void addAcks(String name, boolean isAutoAck, int ackEvery) {
    put(name, AMQP, AMQP, Topology.QUEUE, 1, 1, 0, 0, false, isAutoAck, ackEvery, 0);
  }

  private static void addConfirmed(String name, int window, boolean isPersistent) {
    put(name, AMQP, AMQP, Topology.QUEUE, 1, 1, 0, window, isPersistent, false, 100, 0);
  }

  private static void addQos1(
      String name, Protocol to, Topology topology, int publishers, int consumers, int window) {
    put(name, MQTT, to, topology, publishers, consumers, 1, window, false, false, 100, 0);
  }

  private static void put(
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
      int window) {
    BY_NAME.put(
        name,
        new Scenario(
            name,
            from,
            to,
            topology,
            publishers,
            consumers,
            qos,
            confirmWindow,
            isPersistent,
            isAutoAck,
            ackEvery,
            window,
            BodyLayout.HEAD_BYTES));
  }

  /** Every scenario with bodies of 16 bytes, in the order of the documentation. */
  public static List<Scenario> all() {
    return List.copyOf(BY_NAME.values());
  }

  /**
   * The scenario of a name such as {@code mqtt-pairs-1k}; without a size bodies have 16 bytes.
   *
   * @throws IllegalArgumentException when there is none of that name or the size is out of range,
   *     with the names there are
   */
  public static Scenario named(String name) {
    Scenario plain = BY_NAME.get(name);
    if (plain != null) {
      return sized(plain, plain.bodyBytes());
    }
    int dash = name.lastIndexOf('-');
    Scenario base = dash < 0 ? null : BY_NAME.get(name.substring(0, dash));
    if (base == null) {
      throw new IllegalArgumentException(
          "no scenario '" + name + "'; there are " + names() + ", each with -16, -1k, -64k");
    }
    return sized(base, bytes(name.substring(dash + 1), name));
  }

  private static Scenario sized(Scenario base, int bodyBytes) {
    return new Scenario(
        base.name() + "-" + label(bodyBytes),
        base.from(),
        base.to(),
        base.topology(),
        base.publishers(),
        base.consumers(),
        base.qos(),
        base.confirmWindow(),
        base.isPersistent(),
        base.isAutoAck(),
        base.ackEvery(),
        base.window(),
        bodyBytes);
  }

  private static String label(int bytes) {
    return bytes >= 1024 && bytes % 1024 == 0 ? bytes / 1024 + "k" : Integer.toString(bytes);
  }

  private static int bytes(String size, String name) {
    String lower = size.toLowerCase(Locale.ROOT);
    boolean isKilo = lower.endsWith("k");
    try {
      int number = Integer.parseInt(isKilo ? lower.substring(0, lower.length() - 1) : lower);
      if (number > 0 && number <= BodyLayout.MAX_BYTES) {
        int bytes = isKilo ? number * 1024 : number;
        if (bytes >= BodyLayout.HEAD_BYTES && bytes <= BodyLayout.MAX_BYTES) {
          return bytes;
        }
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + size + "' in " + name + " is not a size: 16, 1k, 64k", e);
    }
    throw new IllegalArgumentException(
        "size " + size + " in " + name + " is not between 16 bytes and 1024k");
  }

  private static String names() {
    List<String> names = new ArrayList<>(BY_NAME.keySet());
    return String.join(", ", names);
  }
}
