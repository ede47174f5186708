package io.serai.gateway.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.gateway.coap.CoapFrame.Ignored;
import io.serai.gateway.coap.CoapFrame.Malformed;
import io.serai.gateway.harness.HexVector;
import io.serai.model.Body;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatagramCodecTest {
  private static final String READABLE =
      """
      con-get     | CON 32052 0.01 [20] 11=7073 11=61
      non-post    | NON 65535 0.02 [0102030405060708] 11=78 12=32 15=716f733d31 7b7d
      ack-content | ACK 1 2.05 [] 4=deadbeef 14=3c 268=1234 64969=000102030405060708090a0b0c0d 6f6b
      con-empty   | CON 4660 0.00 []
      rst         | RST 4660 0.00 []
      """;

  private final DatagramCodec codec = new DatagramCodec();

  static byte[] vector(String name) {
    return HexVector.read("/vectors/coap/" + name + ".hex");
  }

  /** Type, message id, code, token, options and payload of a message, in hexadecimal. */
  static String describe(CoapMessage message) {
    StringBuilder text = new StringBuilder();
    text.append(message.type()).append(' ').append(message.messageId()).append(' ');
    text.append(message.code()).append(" [").append(message.token()).append(']');
    for (CoapOption option : message.options()) {
      text.append(' ').append(option.number()).append('=');
      text.append(HexFormat.of().formatHex(option.value()));
    }
    if (message.payload().length() > 0) {
      text.append(' ').append(HexFormat.of().formatHex(message.payload().toByteArray()));
    }
    return text.toString();
  }

  private CoapFrame decode(byte[] datagram) {
    ByteBuf in = Unpooled.wrappedBuffer(datagram);
    CoapFrame frame = codec.decode(in);
    assertThat(in.isReadable()).as("a datagram is read whole").isFalse();
    assertThat(frame).isNotNull();
    return frame;
  }

  private CoapFrame decode(String hex) {
    return decode(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = READABLE)
  void aVectorIsReadAndWrittenTheSame(String name, String expected) {
    byte[] bytes = vector(name);
    CoapMessage message = (CoapMessage) decode(bytes);
    assertThat(describe(message)).isEqualTo(expected);
    ByteBuf out = Unpooled.buffer();
    codec.encode(message, out);
    assertThat(ByteBufUtil.getBytes(out)).isEqualTo(bytes);
    assertThat(DatagramCodec.lengthOf(message)).isEqualTo(bytes.length);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = READABLE)
  void aVectorCutAnywhereIsAShorterMessageOrMalformedOrIgnored(String name, String expected) {
    byte[] bytes = vector(name);
    for (int cut = 1; cut < bytes.length; cut++) {
      CoapFrame frame = decode(Arrays.copyOf(bytes, cut));
      if (cut < 4) {
        assertThat(frame).isEqualTo(Ignored.IGNORED);
      } else if (frame instanceof CoapMessage message) {
        assertThat(expected).as("cut at %d", cut).startsWith(describe(message).substring(0, 10));
      } else {
        assertThat(frame).as("cut at %d", cut).isInstanceOf(Malformed.class);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = READABLE)
  void aVectorWithAnyByteChangedIsReadOrMalformedOrIgnored(String name, String ignored) {
    byte[] good = vector(name);
    for (int at = 0; at < good.length; at++) {
      for (int value = 0; value < 256; value++) {
        byte[] bad = good.clone();
        bad[at] = (byte) value;
        readsOrRefuses(bad);
      }
    }
    assertThat(ignored).isNotEmpty();
  }

  /** What is read can be written and read again. */
  private void readsOrRefuses(byte[] datagram) {
    if (decode(datagram) instanceof CoapMessage message) {
      ByteBuf out = Unpooled.buffer();
      codec.encode(message, out);
      assertThat(DatagramCodec.lengthOf(message)).isEqualTo(out.readableBytes());
      CoapMessage again = (CoapMessage) decode(ByteBufUtil.getBytes(out));
      assertThat(describe(again)).isEqualTo(describe(message));
    }
  }

  @Test
  void randomBytesAreReadOrMalformedOrIgnored() {
    long seed = Long.getLong("serai.seed", 1);
    Random random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(60)];
      random.nextBytes(bytes);
      bytes[0] = (byte) (0x40 | bytes[0] & 0x38); // mostly: right version, short token
      readsOrRefuses(bytes);
    }
  }

  @Test
  void generatedMessagesComeBackTheSame() {
    Random random = new Random(42);
    for (int i = 0; i < 20_000; i++) {
      CoapMessage message = generated(random);
      ByteBuf out = Unpooled.buffer();
      codec.encode(message, out);
      assertThat(decode(ByteBufUtil.getBytes(out))).isEqualTo(message);
    }
  }

  static CoapMessage generated(Random random) {
    TreeMap<Integer, List<CoapOption>> options = new TreeMap<>();
    for (int n = random.nextInt(6); n > 0; n--) {
      int number = random.nextInt(random.nextBoolean() ? 30 : 65_536);
      byte[] value = new byte[random.nextInt(random.nextBoolean() ? 15 : 700)];
      random.nextBytes(value);
      options.computeIfAbsent(number, _ -> new ArrayList<>()).add(CoapOption.of(number, value));
    }
    byte[] token = new byte[random.nextInt(9)];
    random.nextBytes(token);
    byte[] payload = new byte[random.nextInt(100)];
    random.nextBytes(payload);
    return new CoapMessage(
        CoapType.values()[random.nextInt(2)],
        random.nextInt(65_536),
        CoapCode.of(random.nextBoolean() ? 0 : 4, 1 + random.nextInt(31)),
        CoapToken.of(token),
        options.values().stream().flatMap(List::stream).toList(),
        Body.of(payload));
  }

  @ParameterizedTest
  @ValueSource(strings = {"00 01 12 34", "80 01 12 34", "c0 01 12 34", "40 01 12", "40"})
  void anotherVersionOrAShortDatagramIsIgnoredInSilence(String hex) {
    assertThat(decode(hex)).isEqualTo(Ignored.IGNORED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          token length 9                   | 49 01 12 34 01 02 03 04 05 06 07 08 09
          token length 15                  | 4f 01 12 34
          token cut short                  | 44 01 12 34 01 02
          delta 15                         | 40 01 12 34 f1 00
          length 15                        | 40 01 12 34 1f 00
          extended delta missing           | 40 01 12 34 d0
          extended delta half              | 40 01 12 34 e0 01
          extended length missing          | 40 01 12 34 1d
          option value cut short           | 40 01 12 34 b3 61 62
          option number beyond 65535       | 40 01 12 34 e0 ff ff e0 ff ff
          payload marker without a payload | 40 01 12 34 b1 61 ff
          empty message with a token       | 41 00 12 34 01
          empty message with an option     | 40 00 12 34 b1 61
          code class 1                     | 40 20 12 34
          code class 3                     | 40 61 12 34
          code class 6                     | 40 c1 12 34
          code class 7 over UDP            | 40 e1 12 34
          """)
  void aFormatErrorIsTold(String what, String hex) {
    assertThat(decode(hex))
        .as(what)
        .isInstanceOfSatisfying(
            Malformed.class,
            it -> {
              assertThat(it.type()).isEqualTo(CoapType.CON);
              assertThat(it.messageId()).isEqualTo(0x1234);
              assertThat(it.fault()).isNotEmpty();
            });
  }

  @Test
  void moreOptionsThanAnybodyHonestHasAreRefused() {
    byte[] many = new byte[4 + 300];
    System.arraycopy(HexFormat.of().parseHex("40010001"), 0, many, 0, 4);
    assertThat(decode(many)).isInstanceOf(Malformed.class);
  }

  @Test
  void optionsOfMoreThan16KibAreAFormatError() {
    for (int each : new int[] {8_192, 8_193}) {
      List<CoapOption> two =
          List.of(
              CoapOption.of(CoapOption.PROPERTY, "x".repeat(8_192)),
              CoapOption.of(CoapOption.PROPERTY, "x".repeat(each)));
      ByteBuf out = Unpooled.buffer();
      codec.encode(
          new CoapMessage(CoapType.CON, 1, CoapCode.GET, CoapToken.EMPTY, two, Body.EMPTY), out);
      assertThat(codec.decode(out))
          .isInstanceOf(each == 8_192 ? CoapMessage.class : Malformed.class);
    }
  }
}
