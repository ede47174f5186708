package io.serai.bench.load;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Publishes over MQTT 3.1.1, with everything before packet id and body prepared once. */
final class MqttPublisher implements Publisher {
  private static final int PACKET_IDS = 65_535;

  private final Link link;
  private final int index;
  private final BodyLayout layout;
  private final @Nullable Unconfirmed unconfirmed; // QoS 1
  private final byte[] prefix;
  private int sequence;

  /** With confirms it publishes QoS 1, else QoS 0. */
  MqttPublisher(
      Link link, int index, BodyLayout layout, @Nullable Unconfirmed unconfirmed, String topic) {
    this.link = link;
    this.index = index;
    this.layout = layout;
    this.unconfirmed = unconfirmed;
    byte[] name = MqttPackets.utf8(topic);
    int qos = unconfirmed == null ? 0 : 1;
    ByteBuffer head = ByteBuffer.allocate(name.length + 7);
    MqttPackets.putHead(head, 0x30 | qos << 1, 2 + name.length + 2 * qos + layout.size());
    MqttPackets.putString(head, name);
    this.prefix = new byte[head.position()];
    head.get(0, prefix);
  }

  @Override
  public Link link() {
    return link;
  }

  @Override
  public boolean mayPublish() {
    return link.pendingBytes() < MAX_PENDING_BYTES
        && (unconfirmed == null || unconfirmed.hasRoom());
  }

  @Override
  public void publish(long dueNanos) {
    ByteBuffer out = link.room(prefix.length + 2 + layout.size());
    out.put(prefix);
    if (unconfirmed != null) {
      out.putShort((short) packetId(unconfirmed.send(dueNanos)));
    }
    layout.write(out, index, sequence++, dueNanos);
  }

  private static int packetId(long number) {
    return (int) ((number - 1) % PACKET_IDS) + 1;
  }

  @Override
  public void onBytes(Bytes in, long nowNanos) {
    ByteBuffer bytes = in.buffer();
    int at = bytes.position();
    while (true) {
      int lengthBytes = MqttPackets.lengthBytes(bytes, at);
      if (lengthBytes == 0) {
        break;
      }
      int start = at + 1 + lengthBytes;
      int end = start + MqttPackets.remainingLength(bytes, at, lengthBytes);
      if (end > bytes.limit()) {
        break;
      }
      if ((bytes.get(at) & 0xf0) >> 4 == MqttPackets.PUBACK) {
        onPubAck(bytes.getShort(start) & 0xffff, nowNanos);
      }
      at = end;
    }
    bytes.position(at);
  }

  private void onPubAck(int packetId, long nowNanos) {
    if (unconfirmed == null) {
      throw new LoadFailure(link.name() + ": PUBACK for a QoS 0 publisher");
    }
    long lowest = unconfirmed.lowest();
    int ahead = Math.floorMod(packetId - packetId(lowest), PACKET_IDS);
    unconfirmed.confirm(lowest + ahead, nowNanos);
  }

  @Override
  public long unconfirmed() {
    return unconfirmed == null ? 0 : unconfirmed.open();
  }

  @Override
  public long refused() {
    return 0; // MQTT 3.1.1 has no word for it
  }
}
