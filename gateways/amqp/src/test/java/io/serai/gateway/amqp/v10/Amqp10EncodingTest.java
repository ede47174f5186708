package io.serai.gateway.amqp.v10;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.amqp.v10.Amqp10Encoding.BodyKind;
import io.serai.model.Address;
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
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Amqp10EncodingTest {
  /** Every section, written the long way round where there is a choice. */
  private static final String FULL =
      "00 80 0000000000000070 c0 08 05 41 50 09 52 3c 40 43" // header: durable, 9, 60 ms
          + "00 53 71 c1 07 02 a3 01 64 a1 01 31" // delivery annotation d = "1"
          + "00 53 72 c1 0b 02 a3 05 782d6f7074 a1 01 32" // annotation x-opt = "2"
          + "00 53 73 d0 00000013 00000003 a1 02 6d31 a0 03 6a6f65 a1 04 2f746f31" // properties
          + "00 53 74 c1 09 02 a1 01 6b 71 0000002a" // application property k = int 42
          + "00 53 75 b0 00000002 6869" // data, with a four-byte length
          + "00 53 78 c1 07 02 a3 01 66 a1 01 33"; // footer f = "3"

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  private static Amqp10Encoding.Received read(String text) {
    return Amqp10Encoding.read(Unpooled.wrappedBuffer(hex(text)));
  }

  private static byte[] written(Amqp10Encoding.Received received) {
    ByteBuf out = Unpooled.buffer();
    received.encoding().writeTo(out, received.body());
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  private static Message message(Encoding encoding, io.serai.model.Body body) {
    return new Message(
        Address.ofTopic(Topic.of("a/b", Spelling.SLASH)),
        encoding,
        body,
        Origin.ofBroker("/"),
        1000);
  }

  @Test
  void everySectionIsReadAndWrittenBackByteForByte() {
    var received = read(FULL);
    var encoding = received.encoding();

    assertThat(written(received)).isEqualTo(hex(FULL));
    assertThat(received.body().toUtf8()).isEqualTo("hi");
    assertThat(encoding.bodyKind()).isEqualTo(BodyKind.DATA);
    assertThat(encoding.isDurable()).isTrue();
    assertThat(encoding.priority()).isEqualTo(9);
    assertThat(encoding.expiryMillis()).isEqualTo(60);
    assertThat(encoding.to()).isEqualTo("/to1");
    assertThat(encoding.deliveryAnnotations()).hasSize(1);
    assertThat(encoding.footer()).hasSize(1);
    assertThat(encoding.headers().list())
        .containsExactly(new Header("k", new Value.Int(42)), new Header("x-opt", Value.of("2")));
    assertThat(encoding.properties().messageId()).isEqualTo(Value.of("m1"));
    assertThat(encoding.properties().userId()).isEqualTo("joe");
    assertThat(encoding.sizeBytes()).isGreaterThan(80);
  }

  @Test
  void theBareMessageIsWithoutHeaderAndDeliveryAnnotations() {
    var received = read(FULL);
    ByteBuf out = Unpooled.buffer();
    received.encoding().writeBare(out, received.body());
    byte[] bare = new byte[out.readableBytes()];
    out.readBytes(bare);

    assertThat(bare).isEqualTo(hex(FULL.substring(FULL.indexOf("00 53 72"))));
  }

  @ParameterizedTest
  @CsvSource({
    "00 53 75 a0 02 6869,                        DATA,     hi",
    "00 53 75 a0 00,                             DATA,     ''",
    "00 53 77 a1 02 6869,                        TEXT,     hi",
    "00 53 77 b1 00000002 6869,                  TEXT,     hi",
    "00 53 77 a0 02 6869,                        BINARY,   hi",
    "00 53 77 54 05,                             SECTIONS, ",
    "00 53 77 40,                                SECTIONS, ",
    "00 53 77 00 a1 01 64 a1 01 61,              SECTIONS, ",
    "00 53 76 c0 03 02 41 42,                    SECTIONS, ",
    "00 53 76 45 00 53 76 45,                    SECTIONS, ",
    "00 53 75 a0 01 61 00 53 75 a0 01 62,        SECTIONS, ",
    "00 a3 10 616d71703a646174613a62696e617279 a0 02 6869, DATA, hi",
  })
  void everyKindOfBodyComesBackByteForByte(String wire, BodyKind kind, String text) {
    var received = read(wire);

    assertThat(received.encoding().bodyKind()).isEqualTo(kind);
    if (text != null) {
      assertThat(received.body().toUtf8()).isEqualTo(text);
    } else {
      assertThat(received.body().toByteArray()).isEqualTo(hex(wire));
    }
    assertThat(written(received)).isEqualTo(hex(wire));
  }

  @Test
  void sectionsThatWentThroughAnotherProtocolAreSectionsAgain() {
    var received = read("00 53 76 c0 03 02 41 42");
    Message there =
        message(
            new Encoding.Neutral(received.encoding().properties(), Headers.NONE), received.body());

    Amqp10Encoding back = there.as(Amqp10Mapping.TO_AMQP10);

    assertThat(received.encoding().properties().contentType())
        .isEqualTo("application/vnd.serai.amqp-1.0");
    assertThat(back.bodyKind()).isEqualTo(BodyKind.SECTIONS);
    assertThat(back.properties().contentType()).isEqualTo("application/vnd.serai.amqp-1.0");
  }

  @Test
  void aBodyThatOnlyClaimsToBeSectionsIsData() {
    for (String body : List.of("hello", "")) {
      Properties claims =
          Properties.builder().contentType("application/vnd.serai.amqp-1.0").build();
      Message message =
          message(new Encoding.Neutral(claims, Headers.NONE), io.serai.model.Body.ofUtf8(body));

      assertThat(message.as(Amqp10Mapping.TO_AMQP10).bodyKind()).isEqualTo(BodyKind.DATA);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // no body
        "00 53 70 45", // no body
        "00 53 75 a1 01 61", // data that is text
        "00 53 76 54 01", // sequence that is no list
        "00 53 70 54 01 00 53 75 a0 00", // header that is no list
        "00 53 74 45 00 53 75 a0 00", // application properties that are no map
        "00 53 75 a0 00 00 53 70 45", // header behind the body
        "00 53 70 45 00 53 70 45 00 53 75 a0 00", // header twice
        "00 53 77 41 00 53 77 41", // two values
        "00 53 75 a0 00 00 53 77 41", // two kinds of body
        "00 53 6f 45", // no section
        "00 53 79 45", // no section
        "41", // not described
        "00 53 75 a0 05 61", // cut short
      })
  void malformedMessagesAreRefused(String wire) {
    assertThatThrownBy(() -> read(wire)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void changedBytesGiveAMessageOrAProtocolException() {
    Random random = new Random(13);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = hex(FULL);
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      try {
        var received = Amqp10Encoding.read(Unpooled.wrappedBuffer(bytes));
        received.encoding().properties();
        assertThat(written(received)).isEqualTo(bytes);
      } catch (ProtocolException _) {
        // the one exception there may be
      }
    }
  }

  @Test
  void idsKeepTheTypesThatAmqpAllows() {
    var uuid = new Value.Uuid(new UUID(1, 2));
    for (Value id : List.of(Value.of("text"), new Value.ULong(-1), uuid)) {
      Properties ids = Properties.builder().messageId(id).correlationId(id).build();
      var converted =
          message(new Encoding.Neutral(ids, Headers.NONE), io.serai.model.Body.EMPTY)
              .as(Amqp10Mapping.TO_AMQP10);
      assertThat(converted.properties().messageId()).isEqualTo(id);
      assertThat(converted.properties().correlationId()).isEqualTo(id);
    }
  }

  @Test
  void textThatNoSymbolCanHoldIsStillThere() {
    Properties odd = Properties.builder().contentType("text/käse").contentEncoding("größe").build();
    Headers headers = Headers.of(new Header("ä", new Value.ListOf(List.of(new Value.Int(1)))));
    var converted =
        message(new Encoding.Neutral(odd, headers), io.serai.model.Body.EMPTY)
            .as(Amqp10Mapping.TO_AMQP10);

    assertThat(converted.properties().contentType()).isEqualTo("text/käse");
    assertThat(converted.properties().contentEncoding()).isEqualTo("größe");
    assertThat(converted.headers().first("ä")).isEqualTo(Value.of("[1]"));
  }

  @ParameterizedTest
  @CsvSource({
    "/queues/a%2Fb%20c,        '',       a/b c",
    "/queue/a/b,               '',       a/b",
    "/amq/queue/q,             '',       q",
    "plain,                    '',       plain",
    "/exchanges/x/k%2E1,       x,        k.1",
    "/exchanges/x,             x,        subj",
    "/exchanges/a%2Fb/c,       a/b,      c",
    "/exchange/x/k,            x,        k",
    "/topic/a.b,               amq.topic,a.b",
    "/exchanges/,              ,",
    "/queues/,                 ,",
    "/queues/%zz,              ,",
    "/unknown/x,               ,",
  })
  void addressesAreRead(String address, String exchange, String key) {
    Address read = Amqp10Address.read(address, "subj");

    if (exchange == null) {
      assertThat(read).isNull();
    } else {
      assertThat(read.exchange()).isEqualTo(exchange);
      assertThat(read.topic().spelled(Spelling.DOT)).isEqualTo(key);
    }
  }

  @Test
  void addressesAreWrittenSoThatTheyAreReadBack() {
    for (Address address :
        List.of(
            Address.ofQueue("a/b c+ä%2F"),
            new Address("x/y", Topic.of("k.*.ü", Spelling.DOT)),
            new Address("fan", Topic.EMPTY))) {
      assertThat(Amqp10Address.read(Amqp10Address.of(address), "")).isEqualTo(address);
    }
  }

  @Test
  void aReplyAddressThatOnlyAmqp10KnowsTravelsAsAHeader() {
    // properties: five fields, reply-to "/exchanges/x/k"
    var received =
        read("00 53 73 c0 15 05 40 40 40 40 a1 0e 2f65786368616e6765732f782f6b 00 53 75 a0 00");

    assertThat(received.encoding().properties().replyTo()).isNull();
    assertThat(received.encoding().headers().first("serai-reply-to"))
        .isEqualTo(Value.of("/exchanges/x/k"));
    assertThat(Amqp10Address.replyTo("temp")).isEqualTo(new ReplyTo.Queue("temp"));
  }
}
