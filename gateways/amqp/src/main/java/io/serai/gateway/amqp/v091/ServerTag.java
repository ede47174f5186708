package io.serai.gateway.amqp.v091;

import io.serai.bus.SessionRef;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Base64;

/** Consumer tags for clients that leave the choice to us, shaped as RabbitMQ's. */
final class ServerTag {
  private static final String PREFIX = "amq.ctag-";

  private static final SecureRandom RANDOM = new SecureRandom();

  private ServerTag() {}

  /** The tag of a connection's {@code count}th such consumer: 22 characters after the prefix. */
  static String of(SessionRef session, long count) {
    ByteBuffer bytes = ByteBuffer.allocate(16);
    bytes.putLong(mixed(session.id() * 31 + session.loop()));
    bytes.putLong(mixed(session.id()) ^ count);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /** 22 characters that nobody can guess. */
  static String unguessable() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** A one-to-one scrambling, so that different inputs stay different. */
  private static long mixed(long value) {
    long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }
}
