package io.serai.cli;

import io.serai.config.Transport;
import io.serai.node.Node;
import io.serai.node.OpenListener;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;

/**
 * The first message of the demo: published over MQTT, received over AMQP, both over sockets of this
 * machine by two small clients that know nothing of the node.
 */
final class DemoCrossing {
  private static final int TIMEOUT_MILLIS = 5000;
  private static final String QUEUE = "readings";
  private static final String TOPIC = "plant/1/temp";
  private static final String TEXT = "21.5";

  private final Node node;
  private final PrintStream out;

  DemoCrossing(Node node, PrintStream out) {
    this.node = node;
    this.out = out;
  }

  /** Shows the crossing, or says why there was none; the node runs on either way. */
  void show() {
    Optional<OpenListener> mqtt = plain("mqtt");
    Optional<OpenListener> amqp = plain("amqp");
    if (mqtt.isEmpty() || amqp.isEmpty()) {
      out.println(
          "demo: needs an mqtt and an amqp listener without TLS to show a message crossing");
      return;
    }
    out.println();
    out.println(
        "The rule of conf/demo.conf: what a device publishes over MQTT as plant/<line>/temp");
    out.println(
        "goes to the AMQP exchange plant with the key temp.<line>, and so to the queue readings.");
    out.println();
    try {
      cross(mqtt.get(), amqp.get());
      commands(mqtt.get().port(), amqp.get().port());
    } catch (IOException e) {
      out.println("demo: no message crossed: " + e);
    }
    out.flush();
  }

  private void cross(OpenListener mqtt, OpenListener amqp) throws IOException {
    DemoConsumer.Received received;
    long micros;
    try (var consumer = new DemoConsumer(host(amqp), amqp.port(), QUEUE, TIMEOUT_MILLIS);
        var publisher = new DemoPublisher(host(mqtt), mqtt.port(), TIMEOUT_MILLIS)) {
      long began = System.nanoTime();
      publisher.publish(TOPIC, TEXT);
      received = consumer.receive();
      micros = (System.nanoTime() - began) / 1000;
    }
    out.printf("  MQTT  published  %s: %s%n", TOPIC, TEXT);
    out.printf(
        "  AMQP  received   %s: %s  (exchange %s, %s) %.1f ms later%n",
        received.routingKey(),
        received.body(),
        received.exchange(),
        received.contentType(),
        micros / 1000.0);
  }

  private void commands(int mqttPort, int amqpPort) {
    out.println();
    out.println("Now with clients of your own (apt install mosquitto-clients amqp-tools):");
    out.println("  amqp-consume -u amqp://guest:guest@127.0.0.1:" + amqpPort + " -q readings cat");
    out.println("  mosquitto_pub -h 127.0.0.1 -p " + mqttPort + " -t plant/7/temp -m 19.0");
  }

  private Optional<OpenListener> plain(String protocol) {
    return node.listeners().stream()
        .filter(it -> it.config().protocol().equals(protocol))
        .filter(it -> it.config().transport() == Transport.TCP)
        .findFirst();
  }

  /** Where this machine reaches the listener. */
  private static String host(OpenListener listener) {
    String host = listener.hosts().getFirst();
    return host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
  }
}
