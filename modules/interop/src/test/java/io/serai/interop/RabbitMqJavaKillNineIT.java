package io.serai.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.Recoverable;
import com.rabbitmq.client.RecoveryListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that is killed and started again under the RabbitMQ Java client's automatic recovery. */
@Uses(ThirdParty.RABBITMQ_JAVA)
@Timeout(600)
class RabbitMqJavaKillNineIT {
  private static final int MESSAGES = 100;
  private static final int PREFETCH = 10;

  /** A delivery: what it says, whether it came before, and its tag for the client. */
  private record Got(String text, boolean isRedelivered, long tag) {}

  private final BlockingQueue<Got> received = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> transientOnes = new LinkedBlockingQueue<>();

  @TempDir Path data;

  @Test
  void consumersComeBackToEveryConfirmedMessageOfAKilledNode() throws Exception {
    String amqpPort = "listeners.amqp.port=" + OwnPort.pick();
    SeraiProcess first = SeraiProcess.start(data, "--set", amqpPort);
    ConnectionFactory factory = new ConnectionFactory();
    factory.setPort(first.port("amqp"));
    factory.setNetworkRecoveryInterval(100);
    Connection connection = factory.newConnection();
    try {
      Channel publisher = connection.createChannel();
      declare(publisher);
      publisher.confirmSelect();
      Channel consumer = connection.createChannel();
      consume(consumer);
      for (int i = 0; i < MESSAGES; i++) {
        publish(publisher, "work", Integer.toString(i));
      }
      publisher.waitForConfirmsOrDie(60_000);
      List<Got> held = taken(PREFETCH);
      publisher.queueDeclare("marker", true, false, false, Map.of());
      publisher.basicPublish("", "marker", MessageProperties.PERSISTENT_BASIC, new byte[0]);
      publisher.waitForConfirmsOrDie(60_000); // what was delivered is noted ahead of it
      CountDownLatch recovered = recoveryOf(connection);
      first.kill();
      try (SeraiProcess _ = SeraiProcess.start(data, "--set", amqpPort)) {
        assertThat(recovered.await(60, TimeUnit.SECONDS)).isTrue();
        consumer.basicAck(held.getLast().tag(), true); // of the old connection: the client drops it
        List<Got> all = new ArrayList<>();
        while (all.size() < MESSAGES) {
          List<Got> some = taken(PREFETCH);
          consumer.basicAck(some.getLast().tag(), true);
          all.addAll(some);
        }
        assertThat(all).extracting(Got::text).isEqualTo(numbers());
        assertThat(all.subList(0, PREFETCH)).allMatch(Got::isRedelivered);
        publish(publisher, "news", "after");
        publisher.waitForConfirmsOrDie(60_000);
        assertThat(transientOnes.poll(60, TimeUnit.SECONDS)).isEqualTo("after");
        assertThat(received).isEmpty();
      }
    } finally {
      first.close();
      connection.abort();
    }
  }

  /** A durable queue behind two exchanges, one bound to the other. */
  private static void declare(Channel channel) throws Exception {
    channel.exchangeDeclare("outer", "topic", true);
    channel.exchangeDeclare("inner", "fanout", false, true, Map.of());
    channel.exchangeBind("inner", "outer", "work");
    channel.queueDeclare("jobs", true, false, false, Map.of("x-queue-type", "classic"));
    channel.queueBind("jobs", "outer", "work");
  }

  /** Reads the durable queue within a limit, and one that goes with the connection. */
  private void consume(Channel channel) throws Exception {
    String own = channel.queueDeclare().getQueue();
    channel.queueBind(own, "outer", "news");
    channel.queueBind(own, "inner", "");
    channel.basicConsume(
        own,
        true,
        (_, delivery) -> {
          String text = new String(delivery.getBody(), UTF_8);
          if (delivery.getEnvelope().getRoutingKey().equals("news")) {
            transientOnes.add(text);
          }
        },
        _ -> {});
    channel.basicQos(PREFETCH);
    channel.basicConsume(
        "jobs",
        false,
        (_, delivery) ->
            received.add(
                new Got(
                    new String(delivery.getBody(), UTF_8),
                    delivery.getEnvelope().isRedeliver(),
                    delivery.getEnvelope().getDeliveryTag())),
        _ -> {});
  }

  private static void publish(Channel channel, String key, String text) throws Exception {
    channel.basicPublish(
        "outer", key, true, MessageProperties.PERSISTENT_BASIC, text.getBytes(UTF_8));
  }

  private List<Got> taken(int count) throws InterruptedException {
    List<Got> taken = new ArrayList<>();
    while (taken.size() < count) {
      Got next = received.poll(60, TimeUnit.SECONDS);
      assertThat(next).as("delivery %d of %d", taken.size() + 1, count).isNotNull();
      taken.add(next);
    }
    return taken;
  }

  private static List<String> numbers() {
    List<String> numbers = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      numbers.add(Integer.toString(i));
    }
    return numbers;
  }

  private static CountDownLatch recoveryOf(Connection connection) {
    CountDownLatch recovered = new CountDownLatch(1);
    ((Recoverable) connection)
        .addRecoveryListener(
            new RecoveryListener() {
              @Override
              public void handleRecovery(Recoverable recoverable) {
                recovered.countDown();
              }

              @Override
              public void handleRecoveryStarted(Recoverable recoverable) {}
            });
    return recovered;
  }
}
