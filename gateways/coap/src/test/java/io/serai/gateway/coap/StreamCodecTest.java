package io.serai.gateway.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.serai.gateway.Codec;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.model.Body;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamCodecTest {
  private static final int MAX_BYTES = 100_000;
  private static final String READABLE =
      """
      tcp-csm | CON 0 7.01 [] 2=0480 4=
      tcp-get | CON 0 0.01 [42] 11=7073 11=6162636465666768696a6b6c6d6e6f
      """;

  private final StreamCodec tcp = new StreamCodec(MAX_BYTES);
  private final WebSocketCodec webSocket = new WebSocketCodec(MAX_BYTES);

  private static @Nullable String decoded(Codec<CoapFrame> codec, ByteBuf in) {
    CoapFrame frame = codec.decode(in);
    return frame == null ? null : DatagramCodecTest.describe((CoapMessage) frame);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = READABLE)
  void aVectorIsReadAndWrittenTheSame(String name, String expected) {
    byte[] bytes = DatagramCodecTest.vector(name);
    CoapFrame frame = tcp.decode(Unpooled.wrappedBuffer(bytes));
    assertThat(frame).isNotNull();
    assertThat(DatagramCodecTest.describe((CoapMessage) frame)).isEqualTo(expected);
    ByteBuf out = Unpooled.buffer();
    tcp.encode(frame, out);
    assertThat(ByteBufUtil.getBytes(out)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = READABLE)
  void aVectorIsReadWhereverItIsCutAndBackToBack(String name, String expected) {
    byte[] bytes = DatagramCodecTest.vector(name);
    for (int cut = 0; cut < bytes.length; cut++) {
      ByteBuf in = Unpooled.buffer().writeBytes(bytes, 0, cut);
      assertThat(decoded(tcp, in)).as("cut at %d", cut).isNull();
      assertThat(in.readerIndex()).isZero();
      in.writeBytes(bytes, cut, bytes.length - cut).writeBytes(bytes);
      assertThat(decoded(tcp, in)).isEqualTo(expected);
      assertThat(decoded(tcp, in)).isEqualTo(expected);
      assertThat(decoded(tcp, in)).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = READABLE)
  void aVectorWithAnyByteChangedIsReadOrRefusedOrNotWholeYet(String name, String ignored) {
    byte[] good = DatagramCodecTest.vector(name);
    for (int at = 0; at < good.length; at++) {
      for (int value = 0; value < 256; value++) {
        byte[] bad = good.clone();
        bad[at] = (byte) value;
        readsOrRefuses(tcp, bad);
        readsOrRefuses(webSocket, bad);
      }
    }
    assertThat(ignored).isNotEmpty();
  }

  private static void readsOrRefuses(Codec<CoapFrame> codec, byte[] bytes) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    try {
      while (codec.decode(in) != null) {
        assertThat(in.readerIndex()).isPositive();
      }
    } catch (ProtocolException e) {
      assertThat(e.section()).contains("RFC");
    }
  }

  @Test
  void randomBytesAreReadOrRefusedOrNotWholeYet() {
    long seed = Long.getLong("serai.seed", 1);
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(60)];
      random.nextBytes(bytes);
      readsOrRefuses(tcp, bytes);
      readsOrRefuses(webSocket, bytes);
    }
  }

  @Test
  void generatedMessagesComeBackTheSameOverTcpAndWebSocket() {
    Random random = new Random(42);
    for (int i = 0; i < 5_000; i++) {
      CoapMessage like = DatagramCodecTest.generated(random);
      CoapMessage message =
          new CoapMessage(
              CoapType.CON, 0, like.code(), like.token(), like.options(), like.payload());
      for (Codec<CoapFrame> codec : List.of(tcp, webSocket)) {
        ByteBuf out = Unpooled.buffer();
        codec.encode(message, out);
        if (codec == tcp) {
          assertThat(StreamCodec.lengthOf(message)).isEqualTo(out.readableBytes());
        }
        assertThat(codec.decode(out)).isEqualTo(message);
        assertThat(out.isReadable()).isFalse();
      }
    }
  }

  @Test
  void everyFormOfTheLengthIsReadAndWritten() {
    List<Integer> lengths = new ArrayList<>(List.of(0, 1, 11, 12, 13, 14, 267, 268, 269, 270));
    lengths.addAll(List.of(65_803, 65_804, 65_805, 65_806, 90_000));
    for (int payload : lengths) {
      CoapMessage message =
          new CoapMessage(
              CoapType.CON,
              0,
              CoapCode.CONTENT,
              CoapToken.of((byte) 1),
              List.of(),
              Body.of(new byte[payload]));
      ByteBuf out = Unpooled.buffer();
      tcp.encode(message, out);
      assertThat(tcp.decode(out)).isEqualTo(message);
    }
  }

  @Test
  void aMessageBeyondTheAnnouncedSizeIsRefusedBeforeItIsThere() {
    ByteBuf in = Unpooled.wrappedBuffer(HexFormat.of().parseHex("f0ffffffff02"));
    assertThatThrownBy(() -> tcp.decode(in))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("Max-Message-Size is 100000");
    ByteBuf frame = Unpooled.buffer().writeZero(MAX_BYTES + 1);
    assertThatThrownBy(() -> webSocket.decode(frame)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void aReservedTokenLengthIsRefusedBeforeTheMessageIsThere() {
    ByteBuf in = Unpooled.wrappedBuffer(HexFormat.of().parseHex("0f01"));
    assertThatThrownBy(() -> tcp.decode(in)).hasMessageContaining("token length 15");
  }

  @Test
  void aWebSocketMessageIsOneMessageWithoutALength() {
    byte[] bytes = DatagramCodecTest.vector("ws-post");
    CoapFrame frame = webSocket.decode(Unpooled.wrappedBuffer(bytes));
    assertThat(frame).isNotNull();
    assertThat(DatagramCodecTest.describe((CoapMessage) frame))
        .isEqualTo("CON 0 0.02 [07] 11=71 11=6e 6869");
    ByteBuf out = Unpooled.buffer();
    webSocket.encode(frame, out);
    assertThat(ByteBufUtil.getBytes(out)).isEqualTo(bytes);
    assertThatThrownBy(() -> webSocket.decode(Unpooled.wrappedBuffer(new byte[] {0x11, 1, 1, 0})))
        .hasMessageContaining("over WebSocket it is 0");
    assertThatThrownBy(() -> webSocket.decode(Unpooled.wrappedBuffer(new byte[] {0})))
        .isInstanceOf(ProtocolException.class);
  }
}
