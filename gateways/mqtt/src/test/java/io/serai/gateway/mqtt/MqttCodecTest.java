package io.serai.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.mqtt.MqttFrame.Connect;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MqttCodecTest {
  private static final int ROUNDS = 3_000;

  @ParameterizedTest
  @EnumSource
  void generatedFramesSurviveEncodingAndDecoding(MqttVersion version) {
    long seed = Long.getLong("serai.seed", 1);
    RandomFrames frames = new RandomFrames(new Random(seed), version);
    MqttCodec client = MqttCodec.forClient(version);
    MqttCodec broker = Vector.broker(version);
    for (int round = 0; round < ROUNDS; round++) {
      String when = "seed " + seed + " round " + round;
      MqttFrame toBroker = frames.fromClient();
      MqttCodec receiver = toBroker instanceof Connect ? Vector.broker(null) : broker;
      assertThat(Described.of(through(client, receiver, toBroker)))
          .as(when)
          .isEqualTo(Described.of(toBroker));
      MqttFrame toClient = frames.fromBroker();
      MqttFrame back = through(broker, client, toClient);
      assertThat(Described.of(back)).as(when).isEqualTo(Described.of(toClient));
      assertThat(back).as(when).isEqualTo(toClient);
    }
  }

  private static MqttFrame through(MqttCodec from, MqttCodec to, MqttFrame frame) {
    ByteBuf wire = Unpooled.buffer();
    from.encode(frame, wire);
    assertThat(from.sizeOf(frame)).isEqualTo(wire.readableBytes());
    MqttFrame decoded = to.decode(wire);
    assertThat(wire.isReadable()).isFalse();
    return decoded;
  }

  @ParameterizedTest
  @EnumSource
  void mutatedBytesGiveFramesOrProtocolExceptionsAndNothingElse(MqttVersion version) {
    long seed = Long.getLong("serai.seed", 1);
    Random random = new Random(seed);
    RandomFrames frames = new RandomFrames(random, version);
    MqttCodec client = MqttCodec.forClient(version);
    MqttCodec broker = Vector.broker(version);
    for (int round = 0; round < 4 * ROUNDS; round++) {
      boolean fromClient = random.nextBoolean();
      ByteBuf wire = Unpooled.buffer();
      MqttFrame frame = fromClient ? frames.fromClient() : frames.fromBroker();
      (fromClient ? client : broker).encode(frame, wire);
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        wire.setByte(random.nextInt(wire.readableBytes()), random.nextInt(256));
      }
      if (random.nextInt(3) == 0) {
        wire.writerIndex(random.nextInt(wire.readableBytes() + 1));
      }
      MqttCodec receiver =
          !fromClient ? client : frame instanceof Connect ? Vector.broker(null) : broker;
      try {
        while (receiver.decode(wire) != null) {
          assertThat(wire.readerIndex()).isPositive();
        }
      } catch (ProtocolException expected) {
        assertThat(expected.code())
            .satisfiesAnyOf(
                code -> assertThat(code).isBetween(0x80, 0xA2),
                code -> assertThat(code).isEqualTo(MqttReason.UNANSWERED));
      } catch (RuntimeException bug) {
        throw new AssertionError("seed " + seed + " round " + round + " " + frame, bug);
      }
    }
  }

  @Test
  void aSubscriptionIdentifierFromAClientIsReadOver() {
    ByteBuf in = Unpooled.buffer().writeBytes(HexFormat.of().parseHex("3007000174020b0178"));
    Publish publish = (Publish) Vector.broker(MqttVersion.V5).decode(in);
    assertThat(publish.subscriptionIds()).isEmpty();
    assertThat(publish.encoding().propertyBytes()).isEmpty();
  }

  @Test
  void aPacketOverTheLimitFailsAsSoonAsItsLengthIsRead() {
    MqttCodec codec = MqttCodec.forBroker(1000, 128);
    codec.decode(connect(MqttVersion.V5));
    ByteBuf head = Unpooled.wrappedBuffer(new byte[] {0x30, (byte) 0xE6, 0x07}); // 998 to come
    assertThatThrownBy(() -> codec.decode(head))
        .isInstanceOfSatisfying(
            ProtocolException.class,
            error -> assertThat(error.code()).isEqualTo(MqttReason.PACKET_TOO_LARGE));
    ByteBuf fits = Unpooled.wrappedBuffer(new byte[] {0x30, (byte) 0xE5, 0x07}); // 1000 in all
    assertThat(codec.decode(fits)).isNull();
  }

  private static ByteBuf connect(MqttVersion version) {
    ByteBuf out = Unpooled.buffer();
    MqttCodec.forClient(version)
        .encode(new Connect(version, "c", true, 0, null, null, null, MqttProperties.NONE), out);
    return out;
  }

  @Test
  void anythingBeforeConnectIsRefused() {
    MqttCodec codec = MqttCodec.forBroker(1000, 128);
    assertThatThrownBy(() -> codec.decode(Unpooled.wrappedBuffer(new byte[] {(byte) 0xC0, 0})))
        .isInstanceOf(ProtocolException.class);
    assertThat(codec.version()).isNull();
  }

  @Test
  void theVersionIsKnownWhenTheRestOfConnectIsBad() {
    MqttCodec codec = MqttCodec.forBroker(1000, 128);
    ByteBuf connect = connect(MqttVersion.V5);
    connect.setByte(9, 0xFF); // connect flags
    assertThatThrownBy(() -> codec.decode(connect)).isInstanceOf(ProtocolException.class);
    assertThat(codec.version()).isEqualTo(MqttVersion.V5);
  }

  @Test
  void theSameTopicIsTheSameAddressAgain() {
    MqttCodec codec = Vector.broker(MqttVersion.V3_1_1);
    Publish first = publish(codec, "plant/1/temperature");
    Publish other = publish(codec, "plant/2/temperature");
    assertThat(publish(codec, "plant/1/temperature").address()).isSameAs(first.address());
    assertThat(publish(codec, "plant/2/temperature").address()).isSameAs(other.address());
    assertThat(publish(codec, "plant/1/temperature").address()).isSameAs(first.address());
  }

  @Test
  void manyTopicsAreReadRightWhateverTheCacheForgets() {
    MqttCodec codec = Vector.broker(MqttVersion.V3_1_1);
    Random random = new Random(7);
    for (int i = 0; i < 50_000; i++) {
      String topic = "device/" + random.nextInt(5_000) + "/state";
      assertThat(publish(codec, topic).address().topic().toString()).isEqualTo(topic);
    }
  }

  private static Publish publish(MqttCodec codec, String topic) {
    ByteBuf wire = Unpooled.buffer();
    MqttCodec.forClient(MqttVersion.V3_1_1)
        .encode(
            new Publish(
                Address.ofTopic(Topic.of(topic, Spelling.SLASH)),
                MqttEncoding.plain(0, false),
                Body.ofUtf8("x"),
                0,
                false,
                false,
                0,
                0,
                List.of(),
                -1),
            wire);
    return (Publish) codec.decode(wire);
  }

  @Test
  void aTopicWithTooManyLevelsIsRefused() {
    MqttCodec codec = Vector.broker(MqttVersion.V3_1_1);
    assertThat(publish(codec, "/".repeat(127))).isNotNull();
    assertThatThrownBy(() -> publish(codec, "/".repeat(128)))
        .isInstanceOfSatisfying(
            ProtocolException.class, // well-formed, but not taken here: 0x90
            error -> assertThat(error.code()).isEqualTo(MqttReason.TOPIC_NAME_INVALID));
  }

  @Test
  void equalPropertiesOfConsecutivePublishesShareOneEncoding() {
    Vector vector =
        Vector.all("mqtt5").stream()
            .filter(v -> v.name().equals("publish-properties"))
            .findFirst()
            .orElseThrow();
    MqttCodec codec = vector.receiver();
    Publish first = (Publish) codec.decode(vector.buffer());
    Publish second = (Publish) codec.decode(vector.buffer());
    assertThat(second.encoding()).isSameAs(first.encoding());
    assertThat(second.address()).isSameAs(first.address());
  }

  @Test
  void longTopicNamesAreNotRemembered() {
    MqttCodec codec = Vector.broker(MqttVersion.V3_1_1);
    String longest = "x".repeat(TopicCache.MAX_NAME_BYTES);
    assertThat(publish(codec, longest).address()).isSameAs(publish(codec, longest).address());
    Publish longer = publish(codec, longest + "x");
    assertThat(publish(codec, longest + "x").address())
        .isEqualTo(longer.address())
        .isNotSameAs(longer.address());
  }

  @Test
  void aConnectLargerThanAnyMakesSenseIsNotWaitedFor() {
    MqttCodec codec = MqttCodec.forBroker(MqttCodec.MAX_PACKET_BYTES, 128);
    ByteBuf head = Unpooled.buffer().writeByte(0x10);
    PacketWriter.varint(MqttCodec.MAX_CONNECT_BYTES, head);
    assertThatThrownBy(() -> codec.decode(head))
        .isInstanceOfSatisfying(
            ProtocolException.class,
            error -> assertThat(error.code()).isEqualTo(MqttReason.PACKET_TOO_LARGE));
  }

  /** Four bytes of packet for each filter cost hundreds of bytes of heap. */
  @Test
  void tooManyFiltersInOnePacketAreRefused() {
    for (int type : new int[] {0x82, 0xA2}) {
      MqttCodec codec = Vector.broker(MqttVersion.V3_1_1);
      ByteBuf filters = Unpooled.buffer().writeShort(1);
      for (int n = 0; n <= SubscribeCodec.MAX_FILTERS; n++) {
        filters.writeShort(1).writeByte('a');
        if (type == 0x82) {
          filters.writeByte(0);
        }
      }
      ByteBuf packet = Unpooled.buffer().writeByte(type);
      PacketWriter.varint(filters.readableBytes(), packet);
      packet.writeBytes(filters);
      assertThatThrownBy(() -> codec.decode(packet))
          .isInstanceOfSatisfying(
              ProtocolException.class,
              error -> assertThat(error.code()).isEqualTo(MqttReason.QUOTA_EXCEEDED));
    }
  }
}
