package io.serai.gateway.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.serai.gateway.stomp.StompEncoding.Field;
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
import io.serai.model.StoredMessages;
import io.serai.model.Topic;
import io.serai.model.Value;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StompMappingTest {
  private static StompEncoding of(String... namesAndValues) {
    List<Field> fields = new java.util.ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.add(new Field(namesAndValues[i], namesAndValues[i + 1]));
    }
    return StompEncoding.of(fields);
  }

  private static Message message(Encoding encoding) {
    return new Message(Address.ofQueue("q"), encoding, Body.EMPTY, Origin.ofBroker("/"), 1000);
  }

  @Test
  void headersOfTheFrameAreNotTheMessages() {
    var encoding =
        of("destination", "/queue/q", "receipt", "1", "content-length", "5", "a", "1", "ack", "x");

    assertThat(encoding.fields()).containsExactly(new Field("a", "1"));
    assertThat(of("receipt", "1")).isSameAs(StompEncoding.NONE);
  }

  @Test
  void ofRepeatedHeadersTheFirstCountsAndAllAreKept() {
    var encoding = of("priority", "3", "a", "1", "priority", "9", "a", "2");

    assertThat(encoding.priority()).isEqualTo(3);
    assertThat(encoding.properties().priority()).isEqualTo(3);
    assertThat(encoding.headers().list())
        .containsExactly(Header.of("a", "1"), Header.of("priority", "9"), Header.of("a", "2"));
    assertThat(message(encoding).as(StompMapping.TO_STOMP)).isSameAs(encoding);
  }

  @Test
  void aValueThatIsNoPropertyIsAHeader() {
    var encoding =
        of(
            "priority",
            "high",
            "timestamp",
            "now",
            "persistent",
            "yes",
            "reply-to",
            "/exchange/x/k");

    assertThat(encoding.properties()).isEqualTo(Properties.NONE);
    assertThat(encoding.headers().size()).isEqualTo(4);
    assertThat(encoding.isDurable()).isFalse();
    assertThat(encoding.expiryMillis()).isEqualTo(-1);
  }

  @Test
  void aForeignHeaderWithANameOfStompsComesBackUnderItsOwnName() {
    Headers headers =
        Headers.of(
            Header.of("destination", "moon"),
            Header.of("priority", "high"),
            Header.of("serai-header-ack", "x"),
            Header.of("serai-header-plain", "y"));
    StompEncoding stomp =
        message(new Encoding.Neutral(Properties.NONE, headers)).as(StompMapping.TO_STOMP);

    assertThat(stomp.fields())
        .containsExactly(
            new Field("serai-header-destination", "moon"),
            new Field("serai-header-priority", "high"),
            new Field("serai-header-serai-header-ack", "x"),
            new Field("serai-header-plain", "y"));
    assertThat(stomp.headers()).isEqualTo(headers);
    assertThat(stomp.properties()).isEqualTo(Properties.NONE);
  }

  @Test
  void typedHeadersAreTextForStomp() {
    Headers headers = Headers.of(new Header("n", new Value.Int(42)), new Header("v", Value.NULL));

    assertThat(
            message(new Encoding.Neutral(Properties.NONE, headers))
                .as(StompMapping.TO_STOMP)
                .fields())
        .containsExactly(new Field("n", "42"), new Field("v", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "/queue/a%2Fb,        '',        a/b",
    "/queue/a.b,          '',        a.b",
    "/amq/queue/q,        '',        q",
    "/reply-queue/q,      '',        q",
    "/topic/a.*.b,        amq.topic, a.*.b",
    "/topic/a/b,          amq.topic, a/b",
    "/exchange/x/k.1,     x,         k.1",
    "/exchange/x,         x,         ''",
    "/exchange/a%2Fb/k,   a/b,       k",
    "/queue/100%,         '',        100%",
    "/queue/,             ,",
    "/exchange/,          ,",
    "/exchange//k,        ,",
    "queue/x,             ,",
    "/nowhere/x,          ,",
  })
  void destinationsAreRead(String destination, String exchange, String key) {
    Address address = StompDestination.address(destination);

    if (exchange == null) {
      assertThat(address).isNull();
    } else {
      assertThat(address.exchange()).isEqualTo(exchange);
      assertThat(address.topic().spelled(Spelling.DOT)).isEqualTo(key);
    }
  }

  @Test
  void destinationsAreWrittenSoThatTheyAreReadBack() {
    for (Address address :
        List.of(
            Address.ofQueue("a/b%2F.c"),
            Address.ofTopic(Topic.of("a.b/*/c", Spelling.SLASH)),
            new Address("x/y", Topic.of("k.1", Spelling.DOT)))) {
      assertThat(StompDestination.address(StompDestination.of(address))).isEqualTo(address);
    }
  }

  @ParameterizedTest
  @CsvSource({"/queue/a.b, a.b", "/reply-queue/q, q", "amq.gen-7, amq.gen-7"})
  void aReplyToNamesAQueue(String text, String queue) {
    assertThat(StompDestination.replyTo(text)).isEqualTo(new ReplyTo.Queue(queue));
  }

  @Test
  void whatAPublisherSaidComesBackFromAStore() {
    for (StompEncoding encoding :
        List.of(
            StompEncoding.NONE,
            of("priority", "3", "käse", "", "a", "1:\n", "persistent", "true", "a", "2"))) {
      var out = Unpooled.buffer();
      StoredMessages.write(message(encoding), out);
      var back = new StoredMessages().read(out).encoding();
      assertThat(back).isEqualTo(encoding);
      assertThat(back.isDurable()).isEqualTo(encoding.isDurable());
    }
  }
}
