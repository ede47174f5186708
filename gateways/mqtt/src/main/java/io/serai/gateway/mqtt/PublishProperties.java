package io.serai.gateway.mqtt;

import io.serai.gateway.ProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The properties of a PUBLISH or a will, split into what is kept as bytes and what is not. */
final class PublishProperties {
  private final boolean isBroker;
  private final PacketReader fields = new PacketReader();
  private @Nullable MqttEncoding last;
  private int topicAlias;
  private List<Integer> subscriptionIds = List.of();
  private long willDelaySeconds;

  /**
   * @param isBroker whether what is read comes from clients: their subscription identifiers are
   *     read over, as Mosquitto does, because they mean nothing (MQTT 5.0 §3.3.4 forbids them)
   */
  PublishProperties(boolean isBroker) {
    this.isBroker = isBroker;
  }

  /** The alias of the packet last read, 0 for none. */
  int topicAlias() {
    return topicAlias;
  }

  /** The subscription identifiers of the packet last read. */
  List<Integer> subscriptionIds() {
    return subscriptionIds;
  }

  /** The will delay of the will last read. */
  long willDelaySeconds() {
    return willDelaySeconds;
  }

  MqttEncoding read(PacketReader in, int length, int qos, boolean isRetain) {
    return read(in, length, qos, isRetain, PacketType.PUBLISH);
  }

  /** Reads {@code length} bytes of properties and moves past them. */
  MqttEncoding read(PacketReader in, int length, int qos, boolean isRetain, PacketType packet) {
    if (length > in.remaining()) {
      throw PacketReader.malformed(
          "property length " + length + " with " + in.remaining() + " bytes left", "§2.2.2.1");
    }
    topicAlias = 0;
    subscriptionIds = List.of();
    willDelaySeconds = 0;
    int from = in.position();
    fields.over(in.buffer(), from, from + length);
    byte[] kept = new byte[length];
    int keptLength = 0;
    long expirySeconds = -1;
    long seen = 0;
    while (fields.hasMore()) {
      int at = fields.position();
      PropertyId id = PropertiesCodec.readId(fields);
      boolean isKept = true;
      switch (id) {
        case MESSAGE_EXPIRY_INTERVAL -> {
          expirySeconds = fields.u32();
          isKept = false;
        }
        case TOPIC_ALIAS -> {
          topicAlias = fields.u16();
          isKept = false;
        }
        case SUBSCRIPTION_IDENTIFIER -> {
          addSubscriptionId(fields.varint());
          isKept = false;
        }
        case WILL_DELAY_INTERVAL -> {
          willDelaySeconds = fields.u32();
          isKept = false;
        }
        default -> skipValue(id);
      }
      boolean isAgain = (seen & 1L << id.ordinal()) != 0;
      seen = PropertiesCodec.admit(id, packet, seen);
      check(id, isAgain);
      if (isKept) {
        int bytes = fields.position() - at;
        in.buffer().getBytes(at, kept, keptLength, bytes);
        keptLength += bytes;
      }
    }
    in.skip(length);
    return encoding(kept, keptLength, qos, isRetain, expirySeconds);
  }

  private void addSubscriptionId(int id) {
    if (id == 0) {
      throw PacketReader.protocolError("subscription identifier 0", "§3.3.2.3.8");
    }
    if (isBroker) {
      return;
    }
    if (subscriptionIds.isEmpty()) {
      subscriptionIds = new ArrayList<>(2);
    }
    subscriptionIds.add(id);
  }

  private void check(PropertyId id, boolean isAgain) {
    if (isBroker && isAgain && id == PropertyId.SUBSCRIPTION_IDENTIFIER) {
      throw PacketReader.protocolError("two subscription identifiers from a client", "§3.3.4");
    }
    if (id == PropertyId.TOPIC_ALIAS && topicAlias == 0) {
      throw new ProtocolException(
          MqttReason.TOPIC_ALIAS_INVALID, "topic alias 0", "MQTT 5.0 §3.3.2.3.4");
    }
  }

  private void skipValue(PropertyId id) {
    switch (id.type()) {
      case BYTE -> {
        int value = fields.u8();
        if (id == PropertyId.PAYLOAD_FORMAT_INDICATOR && value > 1) {
          throw PacketReader.protocolError("payload format " + value, "§3.3.2.3.2");
        }
      }
      case U16 -> fields.skip(2);
      case U32 -> fields.skip(4);
      case VARINT -> fields.varint();
      case BINARY -> fields.skip(fields.u16());
      case TEXT -> {
        String text = fields.text(id.name());
        if (id == PropertyId.RESPONSE_TOPIC && (text.indexOf('+') >= 0 || text.indexOf('#') >= 0)) {
          throw PacketReader.protocolError("a wildcard in the response topic", "§3.3.2.3.5");
        }
      }
      case PAIR -> {
        fields.text("user property name");
        fields.text("user property value");
      }
    }
  }

  /** The encoding of these properties: the last one again when nothing differs. */
  private MqttEncoding encoding(
      byte[] kept, int keptLength, int qos, boolean isRetain, long expirySeconds) {
    MqttEncoding known = last;
    if (known != null
        && known.qos() == qos
        && known.isRetain() == isRetain
        && known.expirySeconds() == expirySeconds
        && Arrays.equals(
            known.propertyBytes(), 0, known.propertyBytes().length, kept, 0, keptLength)) {
      return known;
    }
    byte[] exact = keptLength == kept.length ? kept : Arrays.copyOf(kept, keptLength);
    MqttEncoding fresh = MqttEncoding.of(qos, isRetain, expirySeconds, exact);
    last = fresh;
    return fresh;
  }
}
