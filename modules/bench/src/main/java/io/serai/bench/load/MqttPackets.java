package io.serai.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The MQTT 3.1.1 packets of the set-up, and the Remaining Length field of all (§2.2.3). */
final class MqttPackets {
  static final int PUBLISH = 3;
  static final int PUBACK = 4;
  private static final int CONNACK = 2;
  private static final int SUBACK = 9;

  /** Room for CONNECT or SUBSCRIBE with names of the usual lengths. */
  private static final int MAX_SET_UP_BYTES = 4096;

  private MqttPackets() {}

  /** Connects and logs in, with a clean session and without keep alive. */
  static Link connect(String name, Target target, String clientId) {
    Link link = Link.connect("MQTT " + name, target.host(), target.port(Protocol.MQTT));
    putConnect(link.room(MAX_SET_UP_BYTES), target, clientId);
    link.flush();
    ByteBuffer answer = link.await(4);
    if ((answer.get(0) & 0xf0) >> 4 != CONNACK || answer.get(3) != 0) {
      throw new LoadFailure(link.name() + ": CONNACK refuses with code " + answer.get(3));
    }
    link.discard(4);
    return link;
  }

  /** CONNECT with a login, a clean session and no keep alive. */
  static void putConnect(ByteBuffer out, Target target, String clientId) {
    byte[] id = utf8(clientId);
    byte[] user = utf8(target.user());
    byte[] password = utf8(target.password());
    putHead(out, 0x10, 10 + 2 + id.length + 2 + user.length + 2 + password.length);
    putString(out, utf8("MQTT"));
    out.put((byte) 4).put((byte) 0xC2).putShort((short) 0); // level 4; user, password, clean
    putString(out, id);
    putString(out, user);
    putString(out, password);
  }

  /** SUBSCRIBE to one filter under packet id 1. */
  static void putSubscribe(ByteBuffer out, String filter, int qos) {
    byte[] bytes = utf8(filter);
    putHead(out, 0x82, 2 + 2 + bytes.length + 1);
    out.putShort((short) 1);
    putString(out, bytes);
    out.put((byte) qos);
  }

  /** Subscribes to one filter and waits for the answer. */
  static void subscribe(Link link, String filter, int qos) {
    putSubscribe(link.room(MAX_SET_UP_BYTES), filter, qos);
    link.flush();
    ByteBuffer answer = link.await(5);
    if ((answer.get(0) & 0xf0) >> 4 != SUBACK || (answer.get(4) & 0xff) != qos) {
      throw new LoadFailure(
          link.name() + ": subscription to " + filter + " refused with code " + answer.get(4));
    }
    link.discard(5);
  }

  static void putHead(ByteBuffer out, int typeAndFlags, int remainingLength) {
    out.put((byte) typeAndFlags);
    int rest = remainingLength;
    do {
      int digit = rest & 0x7f;
      rest >>= 7;
      out.put((byte) (rest > 0 ? digit | 0x80 : digit));
    } while (rest > 0);
  }

  static void putString(ByteBuffer out, byte[] utf8) {
    out.putShort((short) utf8.length).put(utf8);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Bytes of the Remaining Length field of a whole packet at that place, 0 when it is cut short.
   */
  static int lengthBytes(ByteBuffer in, int at) {
    for (int i = 1; i <= 4 && at + i < in.limit(); i++) {
      if (in.get(at + i) >= 0) {
        return i;
      }
    }
    return 0;
  }

  /** Its value. */
  static int remainingLength(ByteBuffer in, int at, int lengthBytes) {
    int length = 0;
    for (int i = lengthBytes; i > 0; i--) {
      length = length << 7 | in.get(at + i) & 0x7f;
    }
    return length;
  }
}
