package io.serai.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.serai.gateway.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replays the golden vectors: whole, cut at every byte, and back to back. */
class MqttVectorTest {
  static Stream<Vector> all() {
    return Stream.of("mqtt311", "mqtt5").flatMap(folder -> Vector.all(folder).stream());
  }

  static Stream<Vector> valid() {
    return all().filter(vector -> vector.error() == 0);
  }

  static Stream<Vector> invalid() {
    return all().filter(vector -> vector.error() != 0);
  }

  @ParameterizedTest
  @MethodSource("valid")
  void vectorsDecodeToTheFrameTheyName(Vector vector) {
    ByteBuf in = vector.buffer();
    MqttFrame frame = vector.receiver().decode(in);
    assertThat(Described.of(frame)).isEqualTo(vector.frame());
    assertThat(in.readableBytes()).isZero();
  }

  @ParameterizedTest
  @MethodSource("valid")
  void decodedVectorsEncodeToTheSameBytes(Vector vector) {
    MqttFrame frame = vector.receiver().decode(vector.buffer());
    ByteBuf out = Unpooled.buffer();
    MqttCodec sender = vector.sender();
    sender.encode(frame, out);
    assertThat(ByteBufUtil.hexDump(out)).isEqualTo(ByteBufUtil.hexDump(vector.bytes()));
    assertThat(sender.sizeOf(frame)).isEqualTo(vector.bytes().length);
  }

  @ParameterizedTest
  @MethodSource("valid")
  void vectorsCutAtAnyByteWaitForTheRest(Vector vector) {
    for (int cut = 0; cut < vector.bytes().length; cut++) {
      MqttCodec codec = vector.receiver();
      ByteBuf in = Unpooled.buffer();
      in.writeBytes(vector.bytes(), 0, cut);
      assertThat(codec.decode(in)).as("cut at " + cut).isNull();
      assertThat(in.readerIndex()).isZero();
      in.writeBytes(vector.bytes(), cut, vector.bytes().length - cut);
      assertThat(Described.of(codec.decode(in))).isEqualTo(vector.frame());
    }
  }

  @Test
  void vectorsBackToBackDecodeOneByOne() {
    for (MqttVersion version : MqttVersion.values()) {
      for (boolean isFromBroker : new boolean[] {false, true}) {
        List<Vector> run =
            valid()
                .filter(v -> v.version() == version && v.isFromBroker() == isFromBroker)
                .filter(v -> !v.isConnect())
                .toList();
        ByteBuf in = Unpooled.buffer();
        run.forEach(vector -> in.writeBytes(vector.bytes()));
        MqttCodec codec = isFromBroker ? MqttCodec.forClient(version) : Vector.broker(version);
        List<String> frames = new ArrayList<>();
        for (MqttFrame frame; (frame = codec.decode(in)) != null; ) {
          frames.add(Described.of(frame));
        }
        assertThat(frames).isEqualTo(run.stream().map(Vector::frame).toList());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void badVectorsFailWithTheirReason(Vector vector) {
    MqttCodec codec = vector.receiver();
    assertThatThrownBy(() -> codec.decode(vector.buffer()))
        .isInstanceOfSatisfying(
            ProtocolException.class, error -> assertThat(error.code()).isEqualTo(vector.error()));
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void badVectorsCutAtAnyByteFailEarlyOrWait(Vector vector) {
    for (int cut = 0; cut < vector.bytes().length; cut++) {
      MqttCodec codec = vector.receiver();
      ByteBuf in = Unpooled.copiedBuffer(vector.bytes(), 0, cut);
      try {
        assertThat(codec.decode(in)).isNull();
      } catch (ProtocolException error) {
        assertThat(error.code()).isEqualTo(vector.error());
      }
    }
  }

  @Test
  void everyPacketTypeHasAVectorInEveryVersion() {
    for (MqttVersion version : List.of(MqttVersion.V3_1_1, MqttVersion.V5)) {
      List<Integer> types =
          valid()
              .filter(v -> v.version() == version)
              .map(v -> (v.bytes()[0] & 0xFF) >>> 4)
              .distinct()
              .sorted()
              .toList();
      int last = version == MqttVersion.V5 ? 15 : 14;
      assertThat(types).hasSize(last).startsWith(1).endsWith(last);
    }
  }
}
