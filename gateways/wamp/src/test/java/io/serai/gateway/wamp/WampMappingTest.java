package io.serai.gateway.wamp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.gateway.wamp.WampEncoding.Shape;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.model.ReplyTo;
import io.serai.model.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WampMappingTest {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  private static WampEncoding.Published json(String args, String kwargs) {
    return WampEncoding.of(
        List.of(),
        WampSerializer.JSON,
        args == null ? null : utf8(args),
        kwargs == null ? null : utf8(kwargs));
  }

  private static WampEncoding converted(String contentType, byte[] body) {
    return converted(Properties.builder().contentType(contentType).build(), Headers.NONE, body);
  }

  private static WampEncoding converted(Properties properties, Headers headers, byte[] body) {
    return new Message(
            Address.ofQueue("q"),
            new Encoding.Neutral(properties, headers),
            Body.of(body),
            Origin.ofBroker("/"),
            1000)
        .as(WampMapping.TO_WAMP);
  }

  // ---- arguments of a WAMP publisher as the body of others

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[\"hi\"]|hi",
        " [ \"hi\" ] |hi",
        "[\"k\\u00e4se \\\"x\\\"\"]|käse \"x\"",
        "[\"\"]|''",
      })
  void oneTextIsTheBodyItself(String args, String body) {
    var published = json(args, null);

    assertThat(published.encoding().shape()).isEqualTo(new Shape.LoneText());
    assertThat(published.body().toUtf8()).isEqualTo(body.replace("''", ""));
    assertThat(published.encoding().properties().contentType())
        .isEqualTo("text/plain;charset=utf-8");
  }

  @Test
  void oneByteStringIsTheBodyItself() {
    var published = json("[\"\\u0000AP/+\"]", "{}");

    assertThat(published.encoding().shape()).isEqualTo(new Shape.LoneBytes());
    assertThat(published.body().toByteArray()).isEqualTo(hex("00fffe"));
    assertThat(published.encoding().properties().contentType())
        .isEqualTo("application/octet-stream");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1]||{\"args\":[1]}",
        "[]||{\"args\":[]}",
        "[\"a\",\"b\"]||{\"args\":[\"a\",\"b\"]}",
        "[\"a\"]|{\"k\":1}|{\"args\":[\"a\"],\"kwargs\":{\"k\":1}}",
        "|{\"k\": [1, 2]}|{\"args\":[],\"kwargs\":{\"k\": [1, 2]}}",
      })
  void otherArgumentsAreADocumentThatHoldsThemAsTheyCame(
      String args, String kwargs, String document) {
    var published = json(args, kwargs);
    var encoding = published.encoding();

    assertThat(published.body().toUtf8()).isEqualTo(document);
    assertThat(encoding.properties().contentType()).isEqualTo("application/vnd.serai.wamp+json");
    assertThat(encoding.args(published.body(), WampSerializer.JSON))
        .isEqualTo(utf8(args == null ? "[]" : args));
    assertThat(encoding.kwargs(published.body(), WampSerializer.JSON))
        .isEqualTo(kwargs == null ? null : utf8(kwargs));
    assertThat(encoding.args(published.body(), WampSerializer.CBOR))
        .as("has to be transcoded")
        .isNull();
  }

  @Test
  void noArgumentsAreAnEmptyBody() {
    var published = json(null, null);

    assertThat(published.body()).isSameAs(Body.EMPTY);
    assertThat(published.encoding().args(published.body(), WampSerializer.JSON)).isNull();
    assertThat(published.encoding().kwargs(published.body(), WampSerializer.JSON)).isNull();
  }

  // args ["hi"], [h'00ff'], [1, "a"] and kwargs {"k": true}
  @ParameterizedTest
  @CsvSource({
    "CBOR,    81 62 68 69,       TEXT",
    "CBOR,    9f 62 68 69 ff,    TEXT",
    "CBOR,    81 78 02 68 69,    TEXT",
    "CBOR,    81 42 00 ff,       BYTES",
    "CBOR,    82 01 61 61,       DOCUMENT",
    "CBOR,    81 7f 61 61 ff,    DOCUMENT", // a text in pieces
    "CBOR,    81 c1 1a 00 00 00 01, DOCUMENT", // tagged
    "MSGPACK, 91 a2 68 69,       TEXT",
    "MSGPACK, 91 d9 02 68 69,    TEXT",
    "MSGPACK, dc 00 01 a2 68 69, TEXT",
    "MSGPACK, 91 c4 02 00 ff,    BYTES",
    "MSGPACK, 92 01 a1 61,       DOCUMENT",
    "MSGPACK, 91 c7 01 05 aa,    DOCUMENT", // an extension
  })
  void theOtherSerializersAreReadAlike(WampSerializer serializer, String args, String shape) {
    var published = WampEncoding.of(List.of(), serializer, hex(args), null);

    switch (shape) {
      case "TEXT" -> assertThat(published.body().toUtf8()).isEqualTo("hi");
      case "BYTES" -> assertThat(published.body().toByteArray()).isEqualTo(hex("00ff"));
      default -> {
        assertThat(published.encoding().properties().contentType())
            .isEqualTo(serializer.documentType());
        assertThat(published.encoding().args(published.body(), serializer)).isEqualTo(hex(args));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDocumentThatWentThroughAnotherProtocolIsArgumentsAgain(WampSerializer serializer) {
    byte[] args =
        switch (serializer) {
          case JSON -> utf8("[1,{\"x\":[null,-2.5e3,\"}\"]}]");
          case CBOR -> hex("82 01 a1 61 78 83 f6 fb c0a3880000000000 61 7d");
          case MSGPACK -> hex("92 01 81 a1 78 93 c0 cb c0a3880000000000 a1 7d");
        };
    byte[] kwargs =
        switch (serializer) {
          case JSON -> utf8("{\"k\":true}");
          case CBOR -> hex("a1 61 6b f5");
          case MSGPACK -> hex("81 a1 6b c3");
        };
    var published = WampEncoding.of(List.of(), serializer, args, kwargs);

    var back = converted(serializer.documentType(), published.body().toByteArray());

    assertThat(back.shape()).isEqualTo(published.encoding().shape());
    assertThat(back.args(published.body(), serializer)).isEqualTo(args);
    assertThat(back.kwargs(published.body(), serializer)).isEqualTo(kwargs);
    assertThat(back.options().isEmpty()).as("the type is said by the shape").isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aTextAndBytesAreWrittenInEverySerializer(WampSerializer serializer) {
    for (String text : List.of("", "hi", "a\"\\\n\u0001ß😀", "x".repeat(31), "x".repeat(70_000))) {
      var lone = converted("text/plain", utf8(text.isEmpty() ? " " : text));
      byte[] args = lone.args(Body.of(utf8(text)), serializer);
      var back = WampEncoding.of(List.of(), serializer, args, null);
      assertThat(back.encoding().shape()).isEqualTo(new Shape.LoneText());
      assertThat(back.body().toUtf8()).isEqualTo(text);
    }
    for (int length : new int[] {1, 40, 300, 70_000}) {
      byte[] bytes = new byte[length];
      bytes[0] = (byte) 0xff;
      var lone = converted("application/octet-stream", bytes);
      byte[] args = lone.args(Body.of(bytes), serializer);
      var back = WampEncoding.of(List.of(), serializer, args, null);
      assertThat(back.encoding().shape()).isEqualTo(new Shape.LoneBytes());
      assertThat(back.body().toByteArray()).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "JSON|5b 31", // [1
        "JSON|5b 31 5d 5d", // [1]]
        "JSON|5b 7d", // [}
        "JSON|5b 30 31 5d", // [01]
        "JSON|5b 31 20 32 5d", // [1 2]
        "JSON|5b 22 0a 22 5d", // a newline in a string
        "JSON|5b 22 5c 78 22 5d", // \\x
        "CBOR|82 01",
        "CBOR|81 1c",
        "CBOR|9b ff ff ff ff ff ff ff ff",
        "CBOR|bb 7f ff ff ff ff ff ff ff",
        "CBOR|9f 01",
        "MSGPACK|92 01",
        "MSGPACK|c1",
        "MSGPACK|dd ff ff ff ff",
        "MSGPACK|92 01 02 03",
      })
  void malformedArgumentsAreRefused(WampSerializer serializer, String args) {
    assertThatThrownBy(() -> WampEncoding.of(List.of(), serializer, hex(args), null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"JSON, 5b", "CBOR, 81", "MSGPACK, 91"})
  void nestingWithoutEndIsRefusedBeforeTheStackIs(WampSerializer serializer, String open) {
    assertThatThrownBy(
            () -> WampEncoding.of(List.of(), serializer, hex(open.repeat(100_000)), null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ---- bodies of others as arguments

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json|{\"t\":21.5}|LoneJson",
        "application/senml+json; v=1| [1, 2] |LoneJson",
        "application/json|{\"t\":|LoneText",
        "application/json|[}|LoneText",
        "text/csv|a,b|LoneText",
        "|21.5|LoneText",
        "|a\tb|LoneText",
        "|a\u0007b|LoneBytes",
        "image/png|abc|LoneBytes",
        "application/vnd.serai.wamp+json|{\"args\":[1]}|Document",
        "application/vnd.serai.wamp+json|{\"other\":[1]}|LoneBytes",
        "application/vnd.serai.wamp+json|nonsense|LoneBytes",
      })
  void aBodyBecomesTheArgumentItIs(String type, String body, String shape) {
    assertThat(converted(type, utf8(body)).shape().getClass().getSimpleName()).isEqualTo(shape);
  }

  @Test
  void linesAreTextEvenWhenNobodySaysSo() {
    assertThat(converted(null, utf8("a\r\nb\n")).shape()).isEqualTo(new Shape.LoneText());
  }

  @Test
  void bytesThatAreNoUtf8AreNoTextWhateverIsSaid() {
    assertThat(converted("text/plain", hex("ff")).shape()).isEqualTo(new Shape.LoneBytes());
    assertThat(converted("application/json", hex("22 ff 22")).shape())
        .isEqualTo(new Shape.LoneBytes());
  }

  @Test
  void aJsonBodyIsTheOneArgument() {
    byte[] body = utf8("{\"t\":21.5}");
    var encoding = converted("application/json", body);

    assertThat(encoding.args(Body.of(body), WampSerializer.JSON)).isEqualTo(utf8("[{\"t\":21.5}]"));
    assertThat(encoding.args(Body.of(body), WampSerializer.CBOR)).isNull();
    assertThat(encoding.options().first("x_content_type")).isEqualTo(Value.of("application/json"));
  }

  // ---- headers

  @Test
  void headersOfAnyTypeAreWhatWampSerializersHave() {
    Headers headers =
        Headers.of(
            new Header("f", new Value.Float(21.3f)),
            new Header("d", new Value.Decimal(new BigDecimal("1.10"), 64)),
            new Header("u", new Value.UInt(5)),
            new Header("l", new Value.ArrayOf(List.of(new Value.Byte((byte) 1)))),
            new Header("r", Value.of("1")),
            new Header("r", new Value.Symbol("2")));

    assertThat(converted(Properties.NONE, headers, utf8("x")).headers().list())
        .containsExactly(
            new Header("f", new Value.Double(21.3)),
            Header.of("d", "1.10"),
            new Header("u", new Value.Int(5)),
            new Header("l", new Value.ListOf(List.of(new Value.Int(1)))),
            new Header("r", new Value.ListOf(List.of(Value.of("1"), Value.of("2")))));
  }

  @Test
  void anOptionThatIsNoPropertyIsAHeader() {
    var published =
        WampEncoding.of(
            List.of(
                Header.of("x_priority", "high"),
                new Header("x_timestamp", Value.of("now")),
                Header.of("ppt_scheme", "x_scheme"),
                Header.of("x_headers", "no dictionary")),
            WampSerializer.JSON,
            null,
            null);

    assertThat(published.encoding().headers().size()).isEqualTo(4);
    assertThat(published.encoding().priority()).isZero();
    assertThat(published.encoding().properties()).isEqualTo(Properties.NONE);
  }

  @Test
  void queuesAreUrisOfTheirOwn() {
    assertThat(WampUri.of(new ReplyTo.Queue("a.b"))).isEqualTo("$queue.a%2Eb");
    assertThat(WampUri.replyTo("$queue.a%2Eb")).isEqualTo(new ReplyTo.Queue("a.b"));
    assertThat(WampUri.replyTo("$queue.a.b")).isEqualTo(new ReplyTo.Queue("a.b"));
    assertThat(WampUri.address("com.acme.x").exchange()).isEqualTo(Address.TOPIC_EXCHANGE);
    assertThat(WampUri.address("$queue.q")).isEqualTo(Address.ofQueue("q"));
  }
}
