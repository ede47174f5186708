package io.serai.gateway.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.model.ReplyTo;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class Amqp091MappingTest {
  private static Message message(Encoding encoding, Address address) {
    return new Message(address, encoding, Body.EMPTY, Origin.ofBroker("/"), 0);
  }

  private static final Address MQTT_ADDRESS =
      Address.ofTopic(Topic.of("plant/1/temp", Spelling.SLASH));

  private static Encoding there(Properties properties, Header... headers) {
    return message(new Encoding.Neutral(properties, Headers.of(headers)), MQTT_ADDRESS)
        .as(Amqp091Mapping.CONVERSION);
  }

  private static void assertReversible(Properties properties, Header... headers) {
    Encoding wire = there(properties, headers);
    assertThat(wire.properties()).isEqualTo(properties);
    assertThat(wire.headers()).isEqualTo(Headers.of(headers));
  }

  private static Properties.Builder properties() {
    return Properties.builder();
  }

  @Test
  void aMessageOfThisProtocolKeepsItsOwnEncoding() {
    var own = Amqp091Mapping.encode(properties().type("t").build(), Headers.NONE);
    var message = message(own, MQTT_ADDRESS);
    assertThat(Amqp091Mapping.of(message)).isSameAs(own);
    assertThat(message.as(Amqp091Mapping.CONVERSION)).isSameAs(own);
  }

  @Test
  void aMessageOfAnotherProtocolIsConvertedOnce() {
    var message = message(Encoding.Neutral.NONE, MQTT_ADDRESS);
    assertThat(Amqp091Mapping.of(message)).isSameAs(Amqp091Mapping.of(message));
  }

  @Test
  void noPropertiesAreNoBytesButTheFlags() {
    assertThat(Amqp091Mapping.encode(Properties.NONE, Headers.NONE)).isSameAs(Amqp091Encoding.NONE);
    assertThat(Amqp091Encoding.NONE.wire()).containsExactly(0, 0);
  }

  @Test
  void everyTypedPropertyComesBack() {
    assertReversible(
        properties()
            .contentType("application/json")
            .contentEncoding("gzip")
            .correlationId(Value.of("corr"))
            .replyTo(new ReplyTo.Queue("answers"))
            .messageId(Value.of("id"))
            .expiryMillis(0)
            .priority(0)
            .timestampMillis(1_700_000_000_000L)
            .type("order")
            .userId("guest")
            .appId("shop")
            .durable(true)
            .build());
  }

  @Test
  void repliesToATopicAreSpelledWithDotsAfterTopic() {
    var replyTo = new ReplyTo.AtTopic(Topic.of("answers/a.b", Spelling.SLASH));
    assertThat(Amqp091Mapping.text(replyTo)).isEqualTo("/topic/answers.a%2Eb");
    assertThat(Amqp091Mapping.replyTo("/topic/answers.a%2Eb")).isEqualTo(replyTo);
    assertReversible(properties().replyTo(replyTo).build());
  }

  @Test
  void correlationBytesThatAreTextAreText() {
    Encoding wire =
        there(
            properties()
                .correlationId(new Value.Binary("käse".getBytes(StandardCharsets.UTF_8)))
                .build());
    assertThat(wire.properties().correlationId()).isEqualTo(Value.of("käse"));
  }

  @Test
  void correlationBytesThatAreNoTextComeBackAsBytes() {
    for (int length : new int[] {1, 16, 186, 187, 5_000}) {
      byte[] bytes = new byte[length];
      bytes[0] = (byte) 0xff;
      assertReversible(properties().correlationId(new Value.Binary(bytes)).build());
    }
    byte[] looksLikeOurs = "base64:aGk=".getBytes(StandardCharsets.UTF_8);
    assertReversible(properties().correlationId(new Value.Binary(looksLikeOurs)).build());
  }

  @Test
  void textsTooLongForAPropertyTravelInAHeader() {
    String longText = "ö".repeat(200);
    assertReversible(
        properties()
            .contentType(longText)
            .contentEncoding(longText)
            .correlationId(Value.of(longText))
            .replyTo(new ReplyTo.Queue(longText))
            .messageId(Value.of(longText))
            .type(longText)
            .userId(longText)
            .appId(longText)
            .build(),
        Header.of("own", "header"));
  }

  @Test
  void idsThatAreNoTextKeepTheirType() {
    assertReversible(properties().messageId(new Value.Long(-7)).build());
    assertReversible(properties().messageId(new Value.Binary(new byte[] {1, 2})).build());
    UUID uuid = UUID.fromString("0123e456-89ab-cdef-0123-456789abcdef");
    Encoding wire = there(properties().messageId(new Value.Uuid(uuid)).build());
    assertThat(wire.properties().messageId()).isEqualTo(Value.of(uuid.toString()));
  }

  @Test
  void headersKeepTheirTypesAndOrder() {
    assertReversible(
        Properties.NONE,
        Header.of("z", "text"),
        new Header("a", new Value.Int(-1)),
        new Header("m", new Value.Bool(true)),
        new Header("b", new Value.Binary(new byte[] {0})),
        new Header("l", new Value.ListOf(List.of(Value.of("x"), new Value.Double(1.5)))));
  }

  @Test
  void repeatedHeadersBecomeOneArrayInTheFirstOnesPlace() {
    Encoding wire =
        there(Properties.NONE, Header.of("a", "1"), Header.of("b", "2"), Header.of("a", "3"));
    assertThat(wire.headers())
        .isEqualTo(
            Headers.of(
                new Header("a", new Value.ListOf(List.of(Value.of("1"), Value.of("3")))),
                Header.of("b", "2")));
  }

  @Test
  void typesThatTablesLackBecomeTheNearest() {
    Encoding wire =
        there(
            Properties.NONE,
            new Header("small", new Value.ULong(5)),
            new Header("big", new Value.ULong(-1)),
            new Header("char", new Value.Char('x')),
            new Header("symbol", new Value.Symbol("s")),
            new Header("array", new Value.ArrayOf(List.of(new Value.Int(1)))),
            new Header("described", new Value.Described(Value.of("d"), Value.of("inner"))));
    assertThat(wire.headers())
        .isEqualTo(
            Headers.of(
                new Header("small", new Value.Long(5)),
                Header.of("big", "18446744073709551615"),
                Header.of("char", "x"),
                Header.of("symbol", "s"),
                new Header("array", new Value.ListOf(List.of(new Value.Int(1)))),
                Header.of("described", "inner")));
  }

  @Test
  void aTopicTooLongForARoutingKeyIsWholeInAHeader() {
    String topic = "level/".repeat(60) + "end";
    var message = message(Encoding.Neutral.NONE, Address.ofTopic(Topic.of(topic, Spelling.SLASH)));
    assertThat(Amqp091Mapping.of(message).headers().first("serai-routing-key"))
        .isEqualTo(Value.of(topic.replace('/', '.')));
  }
}
