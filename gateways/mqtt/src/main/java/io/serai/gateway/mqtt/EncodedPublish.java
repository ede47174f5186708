package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.gateway.mqtt.MqttFrame.PublishToMany;
import io.serai.model.Body;
import io.serai.model.Conversion;
import io.serai.model.Message;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message for many subscribers as PUBLISH in bytes, made once for each version and QoS: all that
 * such a subscriber adds is a packet identifier. Those who need a topic alias, subscription
 * identifiers, the retain flag, DUP or what is left of an expiry get a {@link Publish} of their
 * own.
 */
final class EncodedPublish {
  /** Smaller bodies are among the bytes; larger ones are kept once, as the message has them. */
  private static final int MAX_INLINE_BODY_BYTES = 4 * 1024;

  /** By QoS. */
  private static final List<Conversion<Kept>> IN_V3 = kept(MqttVersion.V3_1_1);

  private static final List<Conversion<Kept>> IN_V5 = kept(MqttVersion.V5);

  private static List<Conversion<Kept>> kept(MqttVersion version) {
    return List.of(_ -> new Kept(0, version), _ -> new Kept(1, version), _ -> new Kept(2, version));
  }

  /**
   * A message's packet for as long as somebody is sending it. A message may stay for days, as a
   * retained value or in the queue of an absent client; its copies would be memory that nobody
   * counts, so they do not stay with it.
   */
  private static final class Kept {
    private final int qos;
    private final MqttVersion version;
    private volatile @Nullable Reference<EncodedPublish> packet;

    Kept(int qos, MqttVersion version) {
      this.qos = qos;
      this.version = version;
    }

    EncodedPublish of(Message message) {
      Reference<EncodedPublish> last = packet;
      EncodedPublish known = last == null ? null : last.get();
      if (known == null) {
        known = encode(message, qos, version);
        packet = new WeakReference<>(known);
      }
      return known;
    }
  }

  /** The packet up to its body, or with it when that is small. */
  private final byte[] bytes;

  /** What follows; null when nothing does. */
  private final @Nullable Body rest;

  /** Where the packet identifier goes; 0 with QoS 0. */
  private final int packetIdAt;

  private final boolean isNameable;
  private final PublishToMany unnumbered;

  private EncodedPublish(byte[] bytes, @Nullable Body rest, int packetIdAt, boolean isNameable) {
    this.bytes = bytes;
    this.rest = rest;
    this.packetIdAt = packetIdAt;
    this.isNameable = isNameable;
    this.unnumbered = new PublishToMany(this, 0);
  }

  /** The packet of {@code message} with a QoS: the same object for all who ask while one has it. */
  static EncodedPublish of(Message message, int qos, MqttVersion version) {
    return message.as((version == MqttVersion.V5 ? IN_V5 : IN_V3).get(qos)).of(message);
  }

  private static EncodedPublish encode(Message message, int qos, MqttVersion version) {
    if (!OutgoingPublishes.isNameable(message.topic())) {
      return new EncodedPublish(new byte[0], null, 0, false);
    }
    Body body = message.body();
    Publish publish =
        new Publish(
            message.address(),
            message.as(MqttMapping.TO_MQTT),
            body,
            qos,
            false,
            false,
            0,
            0,
            List.of(),
            -1);
    boolean isWhole = body.length() <= MAX_INLINE_BODY_BYTES;
    byte[] bytes = new byte[PublishCodec.size(publish, version) - (isWhole ? 0 : body.length())];
    ByteBuf out = Unpooled.wrappedBuffer(bytes).clear();
    int packetIdAt = PublishCodec.writeUpToBody(publish, version, out);
    if (isWhole) {
      body.writeTo(out);
    }
    return new EncodedPublish(bytes, isWhole ? null : body, packetIdAt, true);
  }

  /**
   * The packet as a frame.
   *
   * @param packetId 0 with QoS 0, whose frame is the same for all
   */
  PublishToMany frame(int packetId) {
    return packetId == 0 ? unnumbered : new PublishToMany(this, packetId);
  }

  /** Whether MQTT has a name for its topic; otherwise it cannot be sent. */
  boolean isNameable() {
    return isNameable;
  }

  /** Bytes on the wire. */
  int size() {
    Body body = rest;
    return bytes.length + (body == null ? 0 : body.length());
  }

  /** Appends the packet; answers the body that is left to follow, or null when there is none. */
  @Nullable Body write(int packetId, ByteBuf out) {
    int at = out.writerIndex();
    out.writeBytes(bytes);
    if (packetIdAt > 0) {
      out.setShort(at + packetIdAt, packetId);
    }
    return rest;
  }
}
