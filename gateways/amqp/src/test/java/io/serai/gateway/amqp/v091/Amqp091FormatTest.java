package io.serai.gateway.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.model.Rewrite;
import io.serai.model.Spelling;
import io.serai.model.StoredMessages;
import io.serai.model.Topic;
import io.serai.model.Value;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Amqp091FormatTest {
  private static Amqp091Encoding stored(Amqp091Encoding encoding) {
    var message =
        new Message(Address.ofQueue("q"), encoding, Body.EMPTY, Origin.ofBroker("/"), 1000);
    ByteBuf out = Unpooled.buffer();
    StoredMessages.write(message, out);
    return (Amqp091Encoding) new StoredMessages().read(out).encoding();
  }

  private static Amqp091Encoding read(String hex) {
    byte[] wire = HexFormat.of().parseHex(hex.replace(" ", ""));
    return Amqp091Encoding.read(
        new FieldReader().over(Unpooled.wrappedBuffer(wire), 0, wire.length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000", // nothing
        "1000 02", // persistent
        "1000 07", // a delivery mode there is not
        "0100 03 616263", // expiration "abc"
        "0800 ff", // priority 255
        "2000 00000008 016b 53 00000001 ff", // a header of one byte that is no UTF-8
        "2000 0000000c 016b 44 02 00000064 016a 74 01", // a decimal, a boolean
      })
  void whatCameOffTheWireIsStoredByteForByte(String hex) {
    var encoding = read(hex);
    var back = stored(encoding);
    assertThat(back.wire()).isEqualTo(encoding.wire());
    assertThat(back).isEqualTo(encoding);
    assertThat(back.isDurable()).isEqualTo(encoding.isDurable());
    assertThat(back.deliveryMode()).isEqualTo(encoding.deliveryMode());
    assertThat(back.expiryMillis()).isEqualTo(encoding.expiryMillis());
    assertThat(back.badExpiration()).isEqualTo(encoding.badExpiration());
    assertThat(back.priority()).isEqualTo(encoding.priority());
    assertThat(back.needsCare()).isEqualTo(encoding.needsCare());
    assertThat(back.headers()).isEqualTo(encoding.headers());
  }

  @Test
  void everyPropertyTypedHeadersAndMoreTopicsComeBack() {
    var properties =
        Properties.builder()
            .contentType("a/b")
            .correlationId(Value.of("c"))
            .expiryMillis(60_000)
            .priority(9)
            .timestampMillis(1_700_000_000_000L)
            .durable(true)
            .build();
    var headers =
        Headers.of(
            new Header("d", new Value.Decimal(new BigDecimal("1.5"), 32)),
            new Header("l", new Value.ListOf(List.of(new Value.Int(1), Value.NULL))),
            new Header("b", new Value.Binary(new byte[] {1, 2})));
    var encoding =
        Amqp091Mapping.encode(properties, headers)
            .routedBy(List.of(Topic.of("x.y", Spelling.DOT), Topic.of("", Spelling.DOT)));
    var back = stored(encoding);
    assertThat(back).isEqualTo(encoding);
    assertThat(back.properties()).isEqualTo(encoding.properties());
    assertThat(back.headers()).isEqualTo(headers);
    assertThat(back.moreTopics()).isEqualTo(encoding.moreTopics());
  }

  @Test
  void aDeadLettersHistoryIsStoredWithIt() {
    var death = new Value.MapOf(List.of(new Value.Entry(Value.of("count"), new Value.Long(2))));
    var encoding =
        (Amqp091Encoding)
            Amqp091Mapping.encode(
                    Properties.builder().expiryMillis(5).durable(true).build(), Headers.NONE)
                .rewritten(
                    new Rewrite(
                        List.of(new Header("x-death", new Value.ListOf(List.of(death)))),
                        Set.of(),
                        true));
    var back = stored(encoding);
    assertThat(back.headers().first("x-death")).isEqualTo(new Value.ListOf(List.of(death)));
    assertThat(back.expiryMillis()).isEqualTo(-1);
  }
}
