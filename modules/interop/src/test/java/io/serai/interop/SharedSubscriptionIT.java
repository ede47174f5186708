package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Shared subscriptions, with members that speak MQTT and AMQP. */
@Uses(ThirdParty.HIVEMQ_JAVA)
@Timeout(600)
class SharedSubscriptionIT {
  private static Mqtt5BlockingClient client() {
    Mqtt5BlockingClient client =
        Mqtt5Client.builder()
            .identifier("shared-" + UUID.randomUUID())
            .serverHost("127.0.0.1")
            .serverPort(SharedNode.get().port("mqtt"))
            .buildBlocking();
    client.connect();
    return client;
  }

  private static String text(Mqtt5Publish publish) {
    return new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8);
  }

  private static void join(Mqtt5BlockingClient client, String filter, BlockingQueue<String> to) {
    client
        .toAsync()
        .subscribeWith()
        .topicFilter(filter)
        .qos(MqttQos.EXACTLY_ONCE)
        .callback(publish -> to.add(text(publish)))
        .send()
        .join();
  }

  private static void publish(String topic, int from, int to) {
    Mqtt5BlockingClient sender = client();
    for (int n = from; n < to; n++) {
      sender
          .publishWith()
          .topic(topic)
          .qos(MqttQos.fromCode(1 + n % 2))
          .payload(Integer.toString(n).getBytes(StandardCharsets.UTF_8))
          .send();
    }
    sender.disconnect();
  }

  private static void awaitTotal(int count, List<BlockingQueue<String>> members) throws Exception {
    Eventually.await(
        () -> count + " messages of " + members,
        60,
        () -> members.stream().mapToInt(BlockingQueue::size).sum() >= count);
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }

  @Test
  void membersShareMessagesAndEachIsHandledOnce() throws Exception {
    Mqtt5BlockingClient one = client();
    Mqtt5BlockingClient two = client();
    BlockingQueue<String> ones = new LinkedBlockingQueue<>();
    BlockingQueue<String> twos = new LinkedBlockingQueue<>();
    join(one, "$share/pair/shared/pair/+", ones);
    join(two, "$share/pair/shared/pair/+", twos);
    publish("shared/pair/x", 0, 400);
    awaitTotal(400, List.of(ones, twos));
    TimeUnit.MILLISECONDS.sleep(200);
    assertThat(Stream.concat(ones.stream(), twos.stream()))
        .containsExactlyInAnyOrderElementsOf(numbers(0, 400));
    assertThat(ones).isNotEmpty();
    assertThat(twos).isNotEmpty();
    for (Mqtt5BlockingClient member : List.of(one, two)) {
      member.unsubscribeWith().topicFilter("$share/pair/shared/pair/+").send();
      member.disconnect();
    }
  }

  @Test
  void membersTakeTurnsHoweverFewMessagesThereAre() throws Exception {
    Mqtt5BlockingClient one = client();
    Mqtt5BlockingClient two = client();
    BlockingQueue<String> ones = new LinkedBlockingQueue<>();
    BlockingQueue<String> twos = new LinkedBlockingQueue<>();
    join(one, "$share/turns/shared/turns", ones);
    join(two, "$share/turns/shared/turns", twos);
    for (int n = 0; n < 10; n++) {
      publish("shared/turns", n, n + 1);
      awaitTotal(n + 1, List.of(ones, twos));
    }
    assertThat(ones).hasSize(5);
    assertThat(twos).hasSize(5);
    for (Mqtt5BlockingClient member : List.of(one, two)) {
      member.unsubscribeWith().topicFilter("$share/turns/shared/turns").send();
      member.disconnect();
    }
  }

  @Test
  void aGroupKeepsMessagesWhileNoMemberIsThere() throws Exception {
    BlockingQueue<String> got = new LinkedBlockingQueue<>();
    Mqtt5BlockingClient first = client();
    join(first, "$share/absent/shared/absent", got);
    first.disconnect();
    publish("shared/absent", 0, 50);
    Mqtt5BlockingClient second = client(); // another client id
    join(second, "$share/absent/shared/absent", got);
    awaitTotal(50, List.of(got));
    assertThat(got).containsExactlyElementsOf(numbers(0, 50));
    second.unsubscribeWith().topicFilter("$share/absent/shared/absent").send();
    second.disconnect();
  }

  @Test
  @Uses({ThirdParty.HIVEMQ_JAVA, ThirdParty.RABBITMQ_JAVA})
  void anAmqpConsumerIsAMemberLikeAnyOther() throws Exception {
    String filter = "$share/mixed/shared/mixed/#";
    Mqtt5BlockingClient mqtt = client();
    BlockingQueue<String> overMqtt = new LinkedBlockingQueue<>();
    BlockingQueue<String> overAmqp = new LinkedBlockingQueue<>();
    join(mqtt, filter, overMqtt);
    ConnectionFactory factory = new ConnectionFactory();
    factory.setPort(SharedNode.get().port("amqp"));
    try (Connection connection = factory.newConnection();
        Channel channel = connection.createChannel()) {
      channel.basicQos(5);
      channel.basicConsume(
          filter,
          false,
          (_, delivery) -> {
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false); // ahead of the close
            overAmqp.add(new String(delivery.getBody(), StandardCharsets.UTF_8));
          },
          _ -> {});
      publish("shared/mixed/x", 0, 200);
      awaitTotal(200, List.of(overMqtt, overAmqp));
    }
    assertThat(Stream.concat(overMqtt.stream(), overAmqp.stream()))
        .containsExactlyInAnyOrderElementsOf(numbers(0, 200));
    assertThat(overMqtt).isNotEmpty();
    assertThat(overAmqp).isNotEmpty();
    mqtt.unsubscribeWith().topicFilter(filter).send();
    mqtt.disconnect();
  }
}
