package io.serai.gateway.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Properties;
import io.serai.model.Rewrite;
import io.serai.model.Value;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderSpliceTest {
  /** All fourteen properties; the table has entries whose type letters read alike. */
  private static final String ALL =
      "fffc"
          + "0161" // content-type a
          + "0162" // content-encoding b
          + "0000001e"
          + "0178"
          + "4c"
          + "0000000000000001" // x, type L, which reads as l does
          + "0179"
          + "55"
          + "0002" // y, type U, which reads as s does
          + "02"
          + "4343"
          + "41"
          + "00000006"
          + "53"
          + "00000001"
          + "6b" // CC [k]
          + "02" // delivery mode
          + "05" // priority
          + "0163" // correlation-id c
          + "0164" // reply-to d
          + "0437353030" // expiration 7500
          + "0165" // message-id e
          + "0000000065000000" // timestamp
          + "0166" // type f
          + "0167" // user-id g
          + "0168" // app-id h
          + "0169"; // cluster-id i, which no neutral property holds

  private static Amqp091Encoding read(String hex) {
    byte[] bytes = ByteBufUtil.decodeHexDump(hex);
    return Amqp091Encoding.read(
        new FieldReader().over(Unpooled.wrappedBuffer(bytes), 0, bytes.length));
  }

  private static String hex(Object encoding) {
    return ByteBufUtil.hexDump(((Amqp091Encoding) encoding).wire());
  }

  @Test
  void whatIsNotChangedStaysByteForByte() {
    assertThat(hex(read(ALL).rewritten(new Rewrite(List.of(), Set.of(), false)))).isEqualTo(ALL);
  }

  @Test
  void headersAreAddedBehindTheOthersAndTheExpirationGoes() {
    var rewrite = new Rewrite(List.of(new Header("n", new Value.Long(7))), Set.of("absent"), true);
    assertThat(hex(read(ALL).rewritten(rewrite)))
        .isEqualTo(
            ALL.replaceFirst("fffc", "fefc")
                .replace("0000001e", "00000029")
                .replace("00000001" + "6b" + "02", "000000016b016e6c0000000000000007" + "02")
                .replace("0437353030", ""));
  }

  @Test
  void aHeaderOfTheSameNameIsReplacedAndOthersCanGo() {
    var rewrite = new Rewrite(List.of(new Header("x", Value.of("new"))), Set.of("CC"), false);
    var changed = read(ALL).rewritten(rewrite);
    assertThat(changed.headers())
        .isEqualTo(Headers.of(new Header("y", new Value.Short((short) 2)), Header.of("x", "new")));
    assertThat(changed.properties()).isEqualTo(read(ALL).properties());
    assertThat(hex(changed)).contains("0179550002").endsWith("0169");
  }

  @Test
  void aMessageWithoutHeadersGetsATable() {
    var changed =
        Amqp091Encoding.NONE.rewritten(
            Rewrite.with(new Header("x-delivery-count", new Value.Long(1))));
    assertThat(changed.headers())
        .isEqualTo(Headers.of(new Header("x-delivery-count", new Value.Long(1))));
    assertThat(changed.properties()).isEqualTo(Properties.NONE);
  }

  @Test
  void withoutAnExpirationNothingIsLostWhenItGoes() {
    String noExpiration = ALL.replaceFirst("fffc", "fefc").replace("0437353030", "");
    assertThat(hex(read(noExpiration).rewritten(new Rewrite(List.of(), Set.of(), true))))
        .isEqualTo(noExpiration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000", // nothing
        ALL,
        "80000161", // content-type a
        "c00001610162", // and content-encoding b
        "100002", // delivery mode
        "200000000000", // no header
        "20000000000b016f6c0000000000000001", // o, a number
        "2000000000130171530000000c6f6666736574206973206e6f" // q, a text with the name in it
      })
  void aNumberIsAddedAsAnyOtherHeaderIs(String hex) {
    Header offset = new Header("offset", new Value.Long(77));
    Amqp091Encoding added = (Amqp091Encoding) read(hex).rewritten(Rewrite.with(offset));
    Rewrite another = new Rewrite(List.of(offset), Set.of("not there"), false);
    assertThat(hex(added)).isEqualTo(hex(HeaderSplice.apply(read(hex), another)));
    assertThat(added.headers().first("offset")).isEqualTo(new Value.Long(77));
    assertThat(added.has(Property.HEADERS)).isTrue();
  }

  @Test
  void aNumberTakesThePlaceOfTheHeaderOfItsName() {
    Rewrite first = Rewrite.with(new Header("offset", new Value.Long(1)));
    Rewrite second = Rewrite.with(new Header("offset", new Value.Long(2)));
    assertThat(hex(read(ALL).rewritten(first).rewritten(second)))
        .isEqualTo(hex(read(ALL).rewritten(second)));
  }
}
