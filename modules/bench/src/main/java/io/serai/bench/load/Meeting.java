package io.serai.bench.load;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Connects publishers and consumers of one run and declares where they meet, under names no other
 * run has.
 */
final class Meeting {
  private static final int PREFETCH = 1000;

  /** Open QoS 1 messages of an MQTT publisher at most: their packet ids must differ. */
  private static final int MAX_OPEN = 30_000;

  private final Scenario scenario;
  private final Target target;
  private final BodyLayout layout;
  private final Tally tally;
  private final Histogram confirmLatency;
  private final String prefix;
  private final List<Consumer> consumers = new ArrayList<>();
  private final List<Publisher> publishers = new ArrayList<>();

  Meeting(Scenario scenario, Target target, Histogram confirmLatency) {
    int mark = ThreadLocalRandom.current().nextInt(1 << 16);
    this.scenario = scenario;
    this.target = target;
    this.confirmLatency = confirmLatency;
    this.layout = new BodyLayout(scenario.bodyBytes(), mark);
    this.tally = new Tally(scenario, layout);
    this.prefix = "bench" + HexFormat.of().toHexDigits((short) mark);
  }

  /** Connects everybody, consumers first. */
  void open() {
    for (int i = 0; i < scenario.consumers(); i++) {
      consumers.add(consumer(i));
    }
    for (int i = 0; i < scenario.publishers(); i++) {
      publishers.add(publisher(i));
    }
  }

  Tally tally() {
    return tally;
  }

  List<Consumer> consumers() {
    return consumers;
  }

  List<Publisher> publishers() {
    return publishers;
  }

  private Consumer consumer(int index) {
    return switch (scenario.to()) {
      case AMQP -> amqpConsumer(index);
      case MQTT -> mqttConsumer(index);
    };
  }

  private Consumer amqpConsumer(int index) {
    AmqpChannel channel = AmqpChannel.open("consumer " + index, target);
    String queue = queue(index);
    if (scenario.topology() == Topology.FANOUT) {
      channel.declareExchange(exchange(), "fanout");
      channel.declareQueue(queue, false, true);
      channel.bind(queue, exchange(), "");
    } else if (scenario.topology() == Topology.PAIRS || index == 0) {
      channel.declareQueue(queue, scenario.isPersistent(), false);
      bindShared(channel, queue);
    }
    if (!scenario.isAutoAck()) {
      channel.prefetch(PREFETCH);
    }
    channel.consume(queue, scenario.isAutoAck());
    return new AmqpConsumer(channel, index, tally, scenario.isAutoAck(), scenario.ackEvery());
  }

  private void bindShared(AmqpChannel channel, String queue) {
    if (scenario.topology() == Topology.TOPIC) {
      channel.bind(queue, "amq.topic", prefix + ".t.#");
    } else if (scenario.topology() == Topology.DIRECT) {
      channel.declareExchange(exchange(), "direct");
      for (int i = 0; i < scenario.publishers(); i++) {
        channel.bind(queue, exchange(), topic(i, '.'));
      }
    }
  }

  private Consumer mqttConsumer(int index) {
    Link link = MqttPackets.connect("consumer " + index, target, prefix + "-c" + index);
    String filter =
        switch (scenario.topology()) {
          case PAIRS -> topic(index, '/');
          case FANOUT -> prefix + "/f";
          case QUEUE, TOPIC, DIRECT -> prefix + "/t/#";
        };
    MqttPackets.subscribe(link, filter, scenario.qos());
    return new MqttConsumer(link, index, tally);
  }

  private Publisher publisher(int index) {
    return switch (scenario.from()) {
      case AMQP -> amqpPublisher(index);
      case MQTT -> mqttPublisher(index);
    };
  }

  private Publisher amqpPublisher(int index) {
    AmqpChannel channel = AmqpChannel.open("publisher " + index, target);
    if (scenario.isConfirmed()) {
      channel.selectConfirms();
    }
    String exchange =
        switch (scenario.topology()) {
          case QUEUE, PAIRS -> "";
          case TOPIC -> "amq.topic";
          case FANOUT, DIRECT -> exchange();
        };
    String key =
        switch (scenario.topology()) {
          case QUEUE, PAIRS -> queue(index);
          case TOPIC, DIRECT -> topic(index, '.');
          case FANOUT -> "";
        };
    return new AmqpPublisher(
        channel, index, layout, unconfirmed(), exchange, key, scenario.isPersistent());
  }

  private Publisher mqttPublisher(int index) {
    Link link = MqttPackets.connect("publisher " + index, target, prefix + "-p" + index);
    String topic = scenario.topology() == Topology.FANOUT ? prefix + "/f" : topic(index, '/');
    return new MqttPublisher(link, index, layout, unconfirmed(), topic);
  }

  private @Nullable Unconfirmed unconfirmed() {
    return scenario.isConfirmed()
        ? new Unconfirmed(Math.min(MAX_OPEN, scenario.confirmWindow()), confirmLatency, tally)
        : null;
  }

  private String exchange() {
    return prefix + ".x";
  }

  private String topic(int index, char separator) {
    return prefix + separator + "t" + separator + index;
  }

  private String queue(int index) {
    boolean isOwn = scenario.topology() == Topology.PAIRS || scenario.topology() == Topology.FANOUT;
    return isOwn ? prefix + ".q." + index : prefix + ".q";
  }

  /** Deletes what was declared and does not delete itself. */
  void tidy() {
    boolean isExchangeOurs =
        scenario.speaks(Protocol.AMQP)
            && (scenario.topology() == Topology.FANOUT || scenario.topology() == Topology.DIRECT);
    if (scenario.to() != Protocol.AMQP) {
      return;
    }
    AmqpChannel channel = AmqpChannel.open("tidy", target);
    if (scenario.topology() != Topology.FANOUT) {
      int queues = scenario.topology() == Topology.PAIRS ? scenario.consumers() : 1;
      for (int i = 0; i < queues; i++) {
        channel.deleteQueue(queue(i));
      }
    }
    if (isExchangeOurs) {
      channel.deleteExchange(exchange());
    }
    channel.link().close();
  }

  /** Closes every connection. */
  void close() {
    consumers.forEach(each -> each.link().close());
    publishers.forEach(each -> each.link().close());
  }
}
