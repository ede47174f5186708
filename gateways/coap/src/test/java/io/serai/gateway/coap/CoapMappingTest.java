package io.serai.gateway.coap;

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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoapMappingTest {
  private static CoapEncoding request(boolean confirmable, boolean put, CoapOption... options) {
    return CoapEncoding.ofRequest(confirmable, put, List.of(options));
  }

  private static CoapEncoding converted(Properties properties, Headers headers) {
    return new Message(
            Address.ofQueue("q"),
            new Encoding.Neutral(properties, headers),
            Body.EMPTY,
            Origin.ofBroker("/"),
            1000)
        .as(CoapMapping.TO_COAP);
  }

  private static CoapOption query(String text) {
    return CoapOption.of(CoapOption.URI_QUERY, text);
  }

  // RFC 7252 §3.2: as few bytes as possible
  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "255, 1", "256, 2", "65535, 2", "65536, 3", "4294967295, 4"})
  void aNumberTakesAsFewBytesAsPossible(long number, int bytes) {
    CoapOption option = CoapOption.of(CoapOption.MAX_AGE, number);

    assertThat(option.length()).isEqualTo(bytes);
    assertThat(option.unsigned()).isEqualTo(number);
  }

  @Test
  void ourOwnOptionsAreElective() {
    assertThat(CoapOption.of(CoapOption.TOPIC, "a").isCritical()).isFalse();
    assertThat(CoapOption.of(CoapOption.PROPERTY, "a").isCritical()).isFalse();
    assertThat(CoapOption.of(CoapOption.URI_PATH, "a").isCritical()).isTrue();
  }

  @Test
  void onlyWhatDescribesTheContentIsKept() {
    var encoding =
        request(
            true,
            false,
            CoapOption.of(CoapOption.URI_HOST, "h"),
            CoapOption.of(CoapOption.URI_PATH, "ps"),
            CoapOption.of(CoapOption.CONTENT_FORMAT, 50),
            query("expiry=60"),
            CoapOption.of(CoapOption.PROPERTY, "type=reading"));

    assertThat(encoding.options())
        .containsExactly(
            CoapOption.of(CoapOption.CONTENT_FORMAT, 50),
            CoapOption.of(CoapOption.PROPERTY, "type=reading"));
    assertThat(encoding.expiryMillis()).isEqualTo(60_000);
  }

  @ParameterizedTest
  @CsvSource({
    "true,  '',    true",
    "false, '',    false",
    "true,  qos=0, false",
    "false, qos=1, true",
    "false, qos=2, true",
    "true,  qos=3, true", // no such QoS: the type decides
  })
  void aMessageIsDurableByItsTypeOrTheQuery(boolean confirmable, String query, boolean durable) {
    var encoding =
        query.isEmpty() ? request(confirmable, false) : request(confirmable, false, query(query));

    assertThat(encoding.isDurable()).isEqualTo(durable);
    assertThat(encoding.properties().durable()).isEqualTo(durable);
  }

  @ParameterizedTest
  @CsvSource({
    "true, '', true",
    "false, '', false",
    "false, retain=1, true",
    "false, retain=true, true",
    "false, retain=0, false"
  })
  void putAndTheQueryRetain(boolean put, String query, boolean retained) {
    var encoding = query.isEmpty() ? request(false, put) : request(false, put, query(query));

    assertThat(encoding.isRetain()).isEqualTo(retained);
    assertThat(encoding.headers().first("x-mqtt-retain") != null).isEqualTo(retained);
  }

  @ParameterizedTest
  @CsvSource({
    "text/plain,                    0",
    "text/plain; charset=UTF-8,     0",
    "application/json,              50",
    "Application/JSON,              50",
    "application/json;charset=utf-8,-1",
    "application/senml+cbor,        112",
    "application/x-sensor,          -1",
  })
  void contentTypesHaveNumbers(String type, int number) {
    assertThat(ContentFormats.numberOf(type)).isEqualTo(number);
  }

  @Test
  void aNumberNobodyKnowsHereIsNotLost() {
    var encoding = request(false, false, CoapOption.of(CoapOption.CONTENT_FORMAT, 11_542));
    assertThat(encoding.properties().contentType()).isNull();

    var back = converted(encoding.properties(), encoding.headers());

    assertThat(back.options()).containsExactly(CoapOption.of(CoapOption.CONTENT_FORMAT, 11_542));
  }

  @Test
  void headerNamesMayHoldWhatSeparatesNameAndValue() {
    Headers headers =
        Headers.of(Header.of("a=b%3D", "c=d"), Header.of("type", "e"), Header.of("", ""));
    var coap = converted(Properties.NONE, headers);

    assertThat(coap.headers()).isEqualTo(headers);
    assertThat(coap.properties()).isEqualTo(Properties.NONE);
  }

  @Test
  void aPropertyGivenTwiceOrWithoutSenseIsAHeader() {
    var encoding =
        request(
            false,
            false,
            CoapOption.of(CoapOption.PROPERTY, "priority=9"),
            CoapOption.of(CoapOption.PROPERTY, "priority=1"),
            CoapOption.of(CoapOption.PROPERTY, "timestamp=now"),
            CoapOption.of(CoapOption.PROPERTY, "reply-to=elsewhere"),
            CoapOption.of(CoapOption.PROPERTY, "flag"));

    assertThat(encoding.priority()).isEqualTo(9);
    assertThat(encoding.headers().list())
        .containsExactly(
            Header.of("priority", "1"),
            Header.of("timestamp", "now"),
            Header.of("reply-to", "elsewhere"),
            Header.of("flag", ""));
  }

  @Test
  void aHeaderTooLongForAnOptionIsLeftOut() {
    Headers headers = Headers.of(Header.of("long", "x".repeat(1100)), Header.of("short", "x"));

    assertThat(converted(Properties.NONE, headers).headers().list())
        .containsExactly(Header.of("short", "x"));
  }

  @Test
  void aTypedHeaderIsText() {
    Headers headers = Headers.of(new Header("n", new Value.Double(1.5)));

    assertThat(converted(Properties.NONE, headers).headers().list())
        .containsExactly(Header.of("n", "1.5"));
  }

  @Test
  void aSegmentIsALevelWhateverItHolds() {
    Address address = CoapPath.address(List.of("ps", "a.b", "", "c/d", "*", "käse"));

    assertThat(address.topic().levelList()).containsExactly("a.b", "", "c/d", "*", "käse");
    assertThat(CoapPath.written(CoapPath.of(address.topic())))
        .isEqualTo("/ps/a.b//c%2Fd/*/k%C3%A4se");
    assertThat(CoapPath.replyTo("/ps/a.b//c%2Fd/*/k%C3%A4se"))
        .isEqualTo(new ReplyTo.AtTopic(address.topic()));
  }

  @Test
  void queuesAreResourcesOfTheirOwn() {
    assertThat(CoapPath.address(List.of("q", "a/b.c"))).isEqualTo(Address.ofQueue("a/b.c"));
    assertThat(CoapPath.of(new ReplyTo.Queue("a/b.c"))).isEqualTo("/q/a%2Fb.c");
    assertThat(CoapPath.replyTo("/q/a%2Fb.c")).isEqualTo(new ReplyTo.Queue("a/b.c"));
  }

  @ParameterizedTest
  @CsvSource({"/", "/ps", "ps/a", "/x/a", "/q/a/b", "/ps/%zz", "/ps/%C3", "/ps/a%2"})
  void whatIsNeitherTopicNorQueueIsNoReplyTo(String path) {
    assertThat(CoapPath.replyTo(path)).isNull();
  }

  @Test
  void aTopicOfAnotherProtocolHasAPath() {
    assertThat(CoapPath.written(CoapPath.of(Topic.of("a%2Eb.c", Spelling.DOT))))
        .isEqualTo("/ps/a.b/c");
  }

  @Test
  void moreHeadersThanADatagramTakesAreLeftOut() {
    List<Header> headers = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      headers.add(Header.of("name-" + i, "x".repeat(i % 2 == 0 ? 1 : 900)));
    }
    List<CoapOption> options = converted(Properties.NONE, Headers.of(headers)).options();
    assertThat(options.stream().mapToInt(CoapOption::length).sum()).isBetween(4_000, 8_192);
    assertThat(options.getFirst().text()).isEqualTo("h:name-0=x");
    List<Header> many = headers.stream().filter(it -> it.value().asText().length() == 1).toList();
    assertThat(converted(Properties.NONE, Headers.of(many)).options()).hasSize(128);
  }
}
