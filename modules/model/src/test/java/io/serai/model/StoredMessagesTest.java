package io.serai.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StoredMessagesTest {
  private static final Origin ORIGIN = new Origin("mqtt-5.0", "/", "joe", "sensor-7");

  private static Message message(Encoding encoding, Body body) {
    return new Message(
        new Address("amq.topic", Topic.of("a.b/c%2Fd/ü", Spelling.SLASH)),
        encoding,
        body,
        ORIGIN,
        1_700_000_000_123L);
  }

  private static ByteBuf written(Message message) {
    ByteBuf out = Unpooled.buffer();
    StoredMessages.write(message, out);
    return out;
  }

  private static Message stored(Message message) {
    ByteBuf bytes = written(message);
    Message read = new StoredMessages().read(bytes);
    assertThat(bytes.isReadable()).isFalse();
    return read;
  }

  private static Value throughBytes(Value value) {
    ByteBuf out = Unpooled.buffer();
    StoredValues.write(value, out);
    Value read = StoredValues.read(out);
    assertThat(out.isReadable()).isFalse();
    return read;
  }

  @Test
  void aMessageComesBackWhole() {
    var properties =
        Properties.builder()
            .contentType("text/plain")
            .contentEncoding("")
            .correlationId(Value.NULL)
            .replyTo(new ReplyTo.AtTopic(Topic.of("re/ply", Spelling.SLASH)))
            .messageId(new Value.Uuid(new UUID(1, -2)))
            .expiryMillis(0)
            .priority(255)
            .timestampMillis(-5)
            .type("t")
            .userId("joe")
            .appId("app")
            .durable(true)
            .build();
    var headers = Headers.of(Header.of("a", "1"), Header.of("b", "2"), Header.of("a", "3"));
    var message = message(new Encoding.Neutral(properties, headers), Body.ofUtf8("hello"));
    var read = stored(message);

    assertThat(read.encoding()).isEqualTo(message.encoding());
    assertThat(read.address()).isEqualTo(message.address());
    assertThat(read.topic().toString()).isEqualTo("a.b/c%2Fd/ü");
    assertThat(read.topic().ownSpelling()).isEqualTo(Spelling.SLASH);
    assertThat(read.origin()).isEqualTo(ORIGIN);
    assertThat(read.receivedMillis()).isEqualTo(1_700_000_000_123L);
    assertThat(read.body()).isEqualTo(message.body());
    assertThat(read.holderCount()).isZero();
  }

  @Test
  void nothingSaidStaysNothingSaid() {
    var read = stored(message(Encoding.Neutral.NONE, Body.EMPTY));
    assertThat(read.encoding()).isEqualTo(Encoding.Neutral.NONE);
    assertThat(read.body().length()).isZero();
  }

  @Test
  void aBodyOfManyChunksKeepsEveryByte() {
    byte[] bytes = new byte[3 * Body.MAX_CHUNK_BYTES + 17];
    new Random(1).nextBytes(bytes);
    assertThat(stored(message(Encoding.Neutral.NONE, Body.of(bytes))).body().toByteArray())
        .isEqualTo(bytes);
  }

  @Test
  void everyTypeOfValueKeepsItsTypeAndEveryBit() {
    List<Value> all =
        new ArrayList<>(
            List.of(
                Value.NULL,
                new Value.Bool(true),
                new Value.Byte((byte) -128),
                new Value.UByte(255),
                new Value.Short((short) -1),
                new Value.UShort(65_535),
                new Value.Int(Integer.MIN_VALUE),
                new Value.UInt(4_294_967_295L),
                new Value.Long(Long.MIN_VALUE),
                new Value.ULong(-1),
                new Value.Float(Float.MIN_VALUE),
                new Value.Double(-0.0),
                new Value.Decimal(new BigDecimal("-12.3400"), 32),
                new Value.Decimal(new BigDecimal("1E+40"), 128),
                new Value.Char(0x1F600),
                new Value.Timestamp(-1),
                new Value.Uuid(new UUID(-1, 1)),
                new Value.Binary(new byte[] {0, -1}),
                Value.of("naïve \u0000 \uD83D\uDE00"),
                new Value.Symbol("x-opt")));
    all.add(new Value.ArrayOf(List.of(new Value.Int(1), new Value.Int(2))));
    all.add(new Value.Described(new Value.Symbol("d"), new Value.ListOf(List.of())));
    all.add(
        new Value.MapOf(
            List.of(
                new Value.Entry(new Value.Int(1), Value.NULL),
                new Value.Entry(Value.of("k"), new Value.ListOf(List.copyOf(all))))));
    for (Value value : all) {
      assertThat(throughBytes(value)).isEqualTo(value);
    }
  }

  @Test
  void messagesThatFollowEachOtherShareWhatTheyHaveInCommon() {
    var reader = new StoredMessages();
    var encoding = new Encoding.Neutral(Properties.NONE, Headers.of(Header.of("a", "1")));
    var first = reader.read(written(message(encoding, Body.ofUtf8("1"))));
    var second = reader.read(written(message(encoding, Body.ofUtf8("2"))));
    var other = reader.read(written(message(Encoding.Neutral.NONE, Body.ofUtf8("3"))));
    assertThat(second.encoding()).isSameAs(first.encoding());
    assertThat(second.origin()).isSameAs(first.origin());
    assertThat(second.address()).isSameAs(first.address());
    assertThat(other.encoding()).isEqualTo(Encoding.Neutral.NONE);
    assertThat(other.origin()).isSameAs(first.origin());
  }

  @Test
  void aFormatNobodyKnowsIsNamedAndNotGuessed() {
    ByteBuf bytes = written(message(Encoding.Neutral.NONE, Body.ofUtf8("x")));
    int headLength = bytes.getInt(9);
    int formatAt = 9 + 4 + headLength + 4;
    assertThat(bytes.getByte(formatAt)).isEqualTo((byte) 1);
    bytes.setByte(formatAt, 99);
    assertThatThrownBy(() -> new StoredMessages().read(bytes))
        .isInstanceOfSatisfying(UnknownFormatException.class, e -> assertThat(e.id()).isEqualTo(99))
        .hasMessage("encoding format 99 is not known to this program");
  }

  @Test
  void aNewerLayoutAndCutBytesAreRefused() {
    ByteBuf newer = written(message(Encoding.Neutral.NONE, Body.EMPTY)).setByte(0, 2);
    assertThatThrownBy(() -> new StoredMessages().read(newer))
        .hasMessage("a message of layout 2, this program knows 1");
    ByteBuf whole = written(message(Encoding.Neutral.NONE, Body.ofUtf8("body")));
    for (int length = 0; length < whole.readableBytes(); length++) {
      ByteBuf cut = whole.slice(0, length).slice();
      assertThatThrownBy(() -> new StoredMessages().read(cut)).isNotNull();
    }
  }

  @Test
  void twoFormatsCannotShareAnId() {
    assertThatThrownBy(() ->
            new StoredFormats<>(
                "encoding format", List.of(new NeutralFormat(), new NeutralFormat())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("two formats of family encoding format");
  }
}
