package io.serai.gateway.amqp.v10;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Header;
import io.serai.model.Rewrite;
import io.serai.model.Value;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the broker changes about its copy of an AMQP 1.0 message, and what it leaves alone. */
class SectionRewriteTest {
  // AMQP 1.0 part 3 §3.2: durable, priority 9, ttl 60 ms, first-acquirer, delivery-count
  private static final String HEADER = "00 80 0000000000000070 c0 08 05 41 50 09 52 3c 40 43";
  private static final String DELIVERY = "00 53 71 c1 07 02 a3 01 64 a1 01 31"; // d = "1"
  private static final String ANNOTATIONS =
      "00 53 72 c1 0b 02 a3 05 782d6f7074 a1 01 32"; // x-opt = "2"
  private static final String PROPERTIES =
      "00 53 73 d0 00000013 00000003 a1 02 6d31 a0 03 6a6f65 a1 04 2f746f31";
  private static final String APPLICATION =
      "00 53 74 c1 09 02 a1 01 6b 71 0000002a"; // k = int 42, four bytes long
  private static final String BODY = "00 53 75 b0 00000002 6869";
  private static final String FOOTER = "00 53 78 c1 07 02 a3 01 66 a1 01 33"; // f = "3"

  private final Amqp10Encoding.Received published =
      Amqp10Encoding.read(
          Unpooled.wrappedBuffer(
              hex(HEADER + DELIVERY + ANNOTATIONS + PROPERTIES + APPLICATION + BODY + FOOTER)));

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  private Amqp10Encoding rewritten(Rewrite rewrite) {
    var changed = published.encoding().rewritten(rewrite);
    assertThat(changed).isInstanceOf(Amqp10Encoding.class);
    return (Amqp10Encoding) changed;
  }

  private String written(Amqp10Encoding encoding) {
    ByteBuf out = Unpooled.buffer();
    encoding.writeTo(out, published.body());
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static String plain(String... sections) {
    return String.join("", sections).replace(" ", "");
  }

  @Test
  void aHistoryBecomesAnAnnotationAndEveryOtherSectionStaysByteForByte() {
    Value history =
        new Value.ListOf(
            List.of(
                new Value.MapOf(List.of(new Value.Entry(Value.of("count"), new Value.Long(1))))));
    var changed = rewritten(Rewrite.with(new Header("x-death", history)));
    assertThat(changed.headers().first("x-death")).isEqualTo(history);
    assertThat(changed.headers().first("x-opt")).isEqualTo(Value.of("2"));
    String bytes = written(changed);
    assertThat(bytes)
        .startsWith(plain(HEADER, DELIVERY))
        .endsWith(plain(PROPERTIES, APPLICATION, BODY, FOOTER));
    assertThat(Amqp10Encoding.read(Unpooled.wrappedBuffer(hex(bytes))).encoding().headers())
        .as("read back")
        .isEqualTo(changed.headers());
  }

  @Test
  void aHeaderReplacesAnApplicationPropertyOfItsName() {
    var changed =
        rewritten(
            new Rewrite(List.of(new Header("k", Value.of("new"))), Set.of("x-opt", "none"), false));
    assertThat(changed.headers().first("k")).isEqualTo(Value.of("new"));
    assertThat(changed.headers().first("x-opt")).isNull();
    assertThat(changed.headers().size()).isEqualTo(1);
    assertThat(written(changed))
        .isEqualTo(
            plain(
                HEADER,
                DELIVERY,
                PROPERTIES,
                "00 53 74 c1 09 02 a1 01 6b a1 03 6e6577",
                BODY,
                FOOTER));
  }

  @Test
  void theExpiryGoesAndTheRestOfTheHeaderStays() {
    var changed = rewritten(new Rewrite(List.of(), Set.of(), true));
    assertThat(changed.expiryMillis()).isEqualTo(-1);
    assertThat(changed.isDurable()).isTrue();
    assertThat(changed.priority()).isEqualTo(9);
    assertThat(written(changed))
        .endsWith(plain(DELIVERY, ANNOTATIONS, PROPERTIES, APPLICATION, BODY, FOOTER));
    assertThat(published.encoding().expiryMillis()).as("the publisher's own").isEqualTo(60);
  }

  @Test
  void aListUnderAnotherNameIsAnAnnotationThatIsReadAsTheHeader() {
    Value list = new Value.ListOf(List.of(Value.of("a")));
    var changed = rewritten(Rewrite.with(new Header("keys", list)));
    assertThat(changed.headers().first("keys")).isEqualTo(list);
    var again = (Amqp10Encoding) changed.rewritten(new Rewrite(List.of(), Set.of("keys"), false));
    assertThat(again.headers().first("keys")).isNull();
    assertThat(written(again)).isEqualTo(written(published.encoding()));
  }
}
