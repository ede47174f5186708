package io.serai.bench.load;

import java.nio.ByteBuffer;

/** Consumes over MQTT 3.1.1 and acknowledges QoS 1 at once. */
final class MqttConsumer implements Consumer {
  private final Link link;
  private final int index;
  private final Tally tally;

  MqttConsumer(Link link, int index, Tally tally) {
    this.link = link;
    this.index = index;
    this.tally = tally;
  }

  @Override
  public Link link() {
    return link;
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
      int head = bytes.get(at);
      if ((head & 0xf0) >> 4 == MqttPackets.PUBLISH) {
        int body = start + 2 + (bytes.getShort(start) & 0xffff);
        if ((head & 0x06) != 0) {
          link.room(4).put((byte) 0x40).put((byte) 2).putShort(bytes.getShort(body));
          body += 2;
        }
        tally.onBody(in, body, end - body, index, nowNanos);
      }
      at = end;
    }
    bytes.position(at);
  }

  @Override
  public void acknowledgeRest() {
    // Each was when it came.
  }
}
