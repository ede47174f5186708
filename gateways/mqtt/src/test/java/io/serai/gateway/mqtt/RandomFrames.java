package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.gateway.mqtt.MqttFrame.Auth;
import io.serai.gateway.mqtt.MqttFrame.ConnAck;
import io.serai.gateway.mqtt.MqttFrame.Connect;
import io.serai.gateway.mqtt.MqttFrame.Disconnect;
import io.serai.gateway.mqtt.MqttFrame.PubAck;
import io.serai.gateway.mqtt.MqttFrame.PubComp;
import io.serai.gateway.mqtt.MqttFrame.PubRec;
import io.serai.gateway.mqtt.MqttFrame.PubRel;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.gateway.mqtt.MqttFrame.SubAck;
import io.serai.gateway.mqtt.MqttFrame.Subscribe;
import io.serai.gateway.mqtt.MqttFrame.UnsubAck;
import io.serai.gateway.mqtt.MqttFrame.Unsubscribe;
import io.serai.gateway.mqtt.MqttFrame.Wanted;
import io.serai.gateway.mqtt.MqttFrame.Will;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Valid frames of any kind out of a seeded random source. */
final class RandomFrames {
  private static final String[] LEVELS = {"a", "", "käse", "100%2F", "*", "a.b", "日本", "😀", "x y"};

  private final Random random;
  private final MqttVersion version;

  RandomFrames(Random random, MqttVersion version) {
    this.random = random;
    this.version = version;
  }

  MqttFrame fromClient() {
    List<Supplier<MqttFrame>> kinds =
        new ArrayList<>(
            List.of(
                this::connect,
                () -> publish(false),
                () -> new PubAck(id(), pick(0, 0x10, 0x97), properties(PacketType.PUBACK)),
                () -> new PubRec(id(), pick(0, 0x10, 0x97), properties(PacketType.PUBREC)),
                () -> new PubRel(id(), pick(0, 0x92), properties(PacketType.PUBREL)),
                () -> new PubComp(id(), pick(0, 0x92), properties(PacketType.PUBCOMP)),
                this::subscribe,
                this::unsubscribe,
                () -> MqttFrame.PingReq.PING_REQ,
                () -> new Disconnect(pick(0, 4), properties(PacketType.DISCONNECT))));
    if (version == MqttVersion.V5) {
      kinds.add(() -> new Auth(pick(0, 0x18, 0x19), properties(PacketType.AUTH)));
    }
    return normal(kinds.get(random.nextInt(kinds.size())).get());
  }

  MqttFrame fromBroker() {
    List<Supplier<MqttFrame>> kinds =
        List.of(
            () ->
                new ConnAck(
                    version != MqttVersion.V3_1 && random.nextBoolean(),
                    pick(0, 0x84, 0x85, 0x86, 0x87),
                    properties(PacketType.CONNACK)),
            () -> publish(true),
            () -> new PubAck(id(), pick(0, 0x10, 0x97), properties(PacketType.PUBACK)),
            () -> new SubAck(id(), reasons(List.of(0, 1, 2, 0x80)), properties(PacketType.SUBACK)),
            () ->
                new UnsubAck(
                    id(),
                    version == MqttVersion.V5 ? reasons(List.of(0, 0x11)) : List.of(),
                    properties(PacketType.UNSUBACK)),
            () -> MqttFrame.PingResp.PING_RESP);
    return normal(kinds.get(random.nextInt(kinds.size())).get());
  }

  /** 3.x acknowledgements and DISCONNECT carry no reason. */
  private MqttFrame normal(MqttFrame frame) {
    if (version == MqttVersion.V5) {
      return frame;
    }
    return switch (frame) {
      case PubAck a -> new PubAck(a.packetId(), 0, MqttProperties.NONE);
      case PubRec a -> new PubRec(a.packetId(), 0, MqttProperties.NONE);
      case PubRel a -> new PubRel(a.packetId(), 0, MqttProperties.NONE);
      case PubComp a -> new PubComp(a.packetId(), 0, MqttProperties.NONE);
      case Disconnect _ -> new Disconnect(0, MqttProperties.NONE);
      default -> frame;
    };
  }

  private Connect connect() {
    boolean hasUser = random.nextBoolean();
    boolean hasPassword = (hasUser || version == MqttVersion.V5) && random.nextBoolean();
    return new Connect(
        version,
        text(),
        random.nextBoolean(),
        random.nextInt(65_536),
        random.nextBoolean() ? will() : null,
        hasUser ? text() : null,
        hasPassword ? bytes(20) : null,
        connectProperties());
  }

  private MqttProperties connectProperties() {
    MqttProperties all = properties(PacketType.CONNECT);
    return all.has(PropertyId.AUTHENTICATION_METHOD)
        ? all
        : all.without(PropertyId.AUTHENTICATION_DATA);
  }

  private Will will() {
    return new Will(
        address(),
        encoding(random.nextInt(3), random.nextBoolean()),
        Body.of(bytes(100)),
        version == MqttVersion.V5 ? random.nextInt(1000) : 0);
  }

  private Publish publish(boolean isFromBroker) {
    int qos = random.nextInt(3);
    boolean isRetain = random.nextBoolean();
    boolean isV5 = version == MqttVersion.V5;
    int alias = isV5 && random.nextInt(4) == 0 ? 1 + random.nextInt(100) : 0;
    MqttEncoding encoding = encoding(qos, isRetain);
    return new Publish(
        alias > 0 && random.nextBoolean() ? null : address(),
        encoding,
        Body.of(bytes(random.nextInt(50) == 0 ? 300_000 : 200)),
        qos,
        qos > 0 && random.nextBoolean(),
        isRetain,
        qos > 0 ? id() : 0,
        alias,
        isFromBroker && isV5
            ? IntStream.range(0, random.nextInt(3))
                .mapToObj(_ -> 1 + random.nextInt(1 << 27))
                .toList()
            : List.of(),
        encoding.expirySeconds());
  }

  private MqttEncoding encoding(int qos, boolean isRetain) {
    if (version != MqttVersion.V5) {
      return MqttEncoding.plain(qos, isRetain);
    }
    MqttProperties kept =
        properties(PacketType.WILL)
            .without(PropertyId.MESSAGE_EXPIRY_INTERVAL)
            .without(PropertyId.WILL_DELAY_INTERVAL);
    ByteBuf out = Unpooled.buffer();
    PropertiesCodec.writeAll(kept, out);
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return MqttEncoding.of(
        qos, isRetain, random.nextBoolean() ? -1 : random.nextInt() & 0xFFFF_FFFFL, bytes);
  }

  private Subscribe subscribe() {
    boolean isV5 = version == MqttVersion.V5;
    List<Wanted> wanted = new ArrayList<>();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      wanted.add(
          new Wanted(
              filter(),
              random.nextInt(3),
              isV5 && random.nextBoolean(),
              isV5 && random.nextBoolean(),
              isV5 ? random.nextInt(3) : 0));
    }
    return new Subscribe(id(), wanted, properties(PacketType.SUBSCRIBE));
  }

  private Unsubscribe unsubscribe() {
    return new Unsubscribe(id(), List.of(filter(), filter()), properties(PacketType.UNSUBSCRIBE));
  }

  private List<Integer> reasons(List<Integer> from) {
    return IntStream.range(0, 1 + random.nextInt(3))
        .mapToObj(_ -> from.get(random.nextInt(from.size())))
        .toList();
  }

  private MqttProperties properties(PacketType packet) {
    MqttProperties.Builder out = MqttProperties.builder();
    if (version != MqttVersion.V5) {
      return out.build();
    }
    for (PropertyId id : PropertyId.values()) {
      if (id.isAllowedIn(packet) && random.nextInt(3) == 0) {
        switch (id.type()) {
          case BYTE -> out.number(id, random.nextInt(2));
          case U16 -> out.number(id, 1 + random.nextInt(65_535));
          case U32 -> out.number(id, 1 + (random.nextInt() & 0x7FFF_FFFFL));
          case VARINT -> out.number(id, 1 + random.nextInt(PacketWriter.MAX_VARINT));
          case TEXT -> out.text(id, text());
          case BINARY -> out.binary(id, bytes(20));
          case PAIR -> {
            out.user(text(), text());
            out.user(text(), "line\nand\ttab");
          }
        }
      }
    }
    return out.build();
  }

  private String text() {
    return LEVELS[random.nextInt(LEVELS.length)] + random.nextInt(100);
  }

  private Address address() {
    StringBuilder topic = new StringBuilder(LEVELS[random.nextInt(LEVELS.length)]);
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      topic.append('/').append(LEVELS[random.nextInt(LEVELS.length)]);
    }
    return Address.ofTopic(Topic.of(topic.toString(), Spelling.SLASH));
  }

  private String filter() {
    return switch (random.nextInt(4)) {
      case 0 -> "#";
      case 1 -> "+/" + text() + "/+";
      case 2 -> text() + "/#";
      default -> "a//b";
    };
  }

  private byte[] bytes(int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }

  private int id() {
    return 1 + random.nextInt(65_535);
  }

  private int pick(int... from) {
    return from[random.nextInt(from.length)];
  }
}
