package io.serai.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.model.ReplyTo;
import io.serai.model.Rewrite;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** MQTT's properties to the neutral form and back. */
class MqttMappingTest {
  private static MqttEncoding encoding(int qos, boolean isRetain, MqttProperties properties) {
    ByteBuf out = Unpooled.buffer();
    PropertiesCodec.writeAll(properties, out);
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return MqttEncoding.of(qos, isRetain, -1, bytes);
  }

  private static Message message(Encoding encoding) {
    return new Message(
        Address.ofTopic(Topic.of("t", Spelling.SLASH)),
        encoding,
        Body.EMPTY,
        Origin.ofBroker("/"),
        0);
  }

  private static MqttEncoding toMqtt(Properties properties, Headers headers) {
    return message(new Encoding.Neutral(properties, headers)).as(MqttMapping.TO_MQTT);
  }

  @Test
  void anMqttMessageIsHandedToMqttUnchanged() {
    MqttEncoding own = encoding(1, false, MqttProperties.builder().user("a", "b").build());
    assertThat(message(own).as(MqttMapping.TO_MQTT)).isSameAs(own);
  }

  @Test
  void aCopyTheBrokerMakesKeepsWhatThePublisherSaidInItsOrder() {
    var published =
        MqttEncoding.of(
            2,
            true,
            60,
            encoding(
                    2,
                    true,
                    MqttProperties.builder()
                        .user("b", "1")
                        .text(PropertyId.CONTENT_TYPE, "text/plain")
                        .user("a", "2")
                        .user("b", "3")
                        .build())
                .propertyBytes());
    var history = new Header("x-death", new Value.ListOf(List.of(new Value.MapOf(List.of()))));
    var copy = (MqttEncoding) published.rewritten(new Rewrite(List.of(history), Set.of("a"), true));
    assertThat(copy.qos()).isEqualTo(2);
    assertThat(copy.isRetain()).isTrue();
    assertThat(copy.expiryMillis()).isEqualTo(-1);
    assertThat(copy.mqttProperties())
        .isEqualTo(
            MqttProperties.builder()
                .user("b", "1")
                .text(PropertyId.CONTENT_TYPE, "text/plain")
                .user("b", "3")
                .user("x-death", history.value().asText())
                .build());
    assertThat(copy.headers().first("x-death"))
        .as("typed for the broker")
        .isEqualTo(history.value());
    var again = copy.rewritten(Rewrite.with(Header.of("x-death", "new")));
    assertThat(again.headers().first("x-death")).isEqualTo(Value.of("new"));
    assertThat(again.headers().list()).filteredOn(h -> h.name().equals("x-death")).hasSize(1);
  }

  @Test
  void mqttPropertiesHaveTheirNeutralPlaces() {
    MqttEncoding mqtt =
        encoding(
            1,
            true,
            MqttProperties.builder()
                .number(PropertyId.PAYLOAD_FORMAT_INDICATOR, 1)
                .text(PropertyId.CONTENT_TYPE, "text/plain")
                .text(PropertyId.RESPONSE_TOPIC, "reply/7")
                .binary(PropertyId.CORRELATION_DATA, new byte[] {0, (byte) 0xFF})
                .user("k", "1")
                .user("k", "2")
                .build());
    Properties properties = mqtt.properties();
    assertThat(properties.contentType()).isEqualTo("text/plain");
    assertThat(properties.replyTo())
        .isEqualTo(new ReplyTo.AtTopic(Topic.of("reply/7", Spelling.SLASH)));
    assertThat(properties.correlationId()).isEqualTo(new Value.Binary(new byte[] {0, (byte) 0xFF}));
    assertThat(properties.durable()).isTrue();
    assertThat(mqtt.headers().list())
        .containsExactly(
            Header.of("k", "1"),
            Header.of("k", "2"),
            new Header("x-mqtt-publish-qos", new Value.Byte((byte) 1)),
            new Header("x-mqtt-retain", new Value.Bool(true)),
            new Header("x-mqtt-payload-format", new Value.Byte((byte) 1)));
  }

  @Test
  void theExpiryIsATimeToLiveInMilliseconds() {
    assertThat(MqttEncoding.of(0, false, 60, new byte[0]).expiryMillis()).isEqualTo(60_000);
    assertThat(MqttEncoding.plain(0, false).expiryMillis()).isEqualTo(-1);
    MqttEncoding short_ = toMqtt(Properties.builder().expiryMillis(1_001).build(), Headers.NONE);
    assertThat(short_.expirySeconds()).isEqualTo(2);
  }

  @Test
  void whatMqttHasNoPlaceForTravelsAsUserPropertiesAndComesBack() {
    Properties properties =
        Properties.builder()
            .contentType("application/json")
            .contentEncoding("gzip")
            .correlationId(Value.of("c-1"))
            .replyTo(new ReplyTo.Queue("amq.gen-1/x"))
            .messageId(Value.of("m-1"))
            .priority(9)
            .timestampMillis(1_700_000_000_123L)
            .type("order")
            .userId("guest")
            .appId("shop")
            .durable(true)
            .build();
    Headers headers = Headers.of(Header.of("h", "1"), Header.of("h", "2"));
    MqttEncoding mqtt = toMqtt(properties, headers);
    assertThat(mqtt.qos()).isEqualTo(1);
    assertThat(mqtt.priority()).isEqualTo(9);
    assertThat(mqtt.mqttProperties().text(PropertyId.RESPONSE_TOPIC))
        .isEqualTo("$queue/amq.gen-1%2Fx");
    assertThat(mqtt.userProperty("serai-message-id")).isEqualTo("m-1");
    assertThat(mqtt.userProperty("serai-timestamp")).isEqualTo("1700000000123");

    Properties back = mqtt.properties();
    assertThat(back.toBuilder().correlationId(Value.of("c-1")).build()).isEqualTo(properties);
    assertThat(back.correlationId())
        .isEqualTo(new Value.Binary("c-1".getBytes(StandardCharsets.UTF_8)));
    assertThat(mqtt.headers().without("x-mqtt-publish-qos")).isEqualTo(headers);
  }

  @Test
  void typedHeadersBecomeText() {
    MqttEncoding mqtt =
        toMqtt(
            Properties.NONE,
            Headers.of(
                new Header("n", new Value.Int(-5)),
                new Header("b", new Value.Bool(true)),
                new Header("d", new Value.Decimal(new BigDecimal("1.50"), 32)),
                new Header("list", new Value.ListOf(List.of(Value.of("x"), Value.of("y")))),
                new Header("mixed", new Value.ListOf(List.of(Value.of("x"), new Value.Int(1))))));
    assertThat(mqtt.mqttProperties())
        .isEqualTo(
            MqttProperties.builder()
                .user("n", "-5")
                .user("b", "true")
                .user("d", "1.50")
                .user("list", "x")
                .user("list", "y")
                .user("mixed", "[\"x\",1]")
                .build());
  }

  @Test
  void informationalHeadersStayBehindAndThePayloadFormatIsRestored() {
    MqttEncoding mqtt =
        toMqtt(
            Properties.NONE,
            Headers.of(
                new Header("x-mqtt-publish-qos", new Value.Byte((byte) 2)),
                new Header("x-mqtt-retain", new Value.Bool(true)),
                new Header("x-mqtt-payload-format", new Value.Byte((byte) 1))));
    assertThat(mqtt.qos()).isZero();
    assertThat(mqtt.isRetain()).isFalse();
    assertThat(mqtt.mqttProperties())
        .isEqualTo(MqttProperties.builder().number(PropertyId.PAYLOAD_FORMAT_INDICATOR, 1).build());
  }

  @Test
  void textMqttCannotCarryIsLeftOut() {
    MqttEncoding mqtt =
        toMqtt(
            Properties.NONE,
            Headers.of(
                Header.of("nul", "a\0b"),
                Header.of("long", "x".repeat(70_000)),
                Header.of("fits", "é")));
    assertThat(mqtt.mqttProperties()).isEqualTo(MqttProperties.builder().user("fits", "é").build());
  }

  @Test
  void aFoldedNameWithNonsenseStaysAHeader() {
    MqttEncoding mqtt =
        encoding(
            0,
            false,
            MqttProperties.builder()
                .user("serai-priority", "high")
                .user("serai-timestamp", "-1")
                .user("serai-other", "x")
                .build());
    assertThat(mqtt.properties()).isEqualTo(Properties.NONE);
    assertThat(mqtt.headers().first("serai-priority")).isEqualTo(Value.of("high"));
    assertThat(mqtt.headers().first("serai-other")).isEqualTo(Value.of("x"));
    assertThat(mqtt.priority()).isZero();
  }

  @Test
  void aQueueIsNamedByATopicAndReadBack() {
    for (String name : List.of("q", "a.b", "a/b", "x+y#", "100%2F", "käse")) {
      String topic = QueueTopics.topic(name);
      assertThat(topic.substring(7)).doesNotContain("/", "+", "#");
      assertThat(QueueTopics.queueName(topic)).isEqualTo(name);
    }
    assertThat(QueueTopics.queueName("$queue/a/b")).isEqualTo("a/b");
    assertThat(QueueTopics.isQueue("$queue/")).isFalse();
  }
}
