package io.serai.storage.journal;

/**
 * What an owner knows about one of its messages and needs at recovery before it reads the payload.
 *
 * @param deliveryCount how often it was delivered, 0 or more
 * @param expiresAtMillis milliseconds since 1970; {@link Long#MAX_VALUE} for never
 * @param priority 0 to 255
 * @param bodyBytes length of the body, for limits and counters
 * @param opaque anything else; the journal does not look inside. At most {@link #MAX_OPAQUE_BYTES}
 */
public record RefAttributes(
    int deliveryCount, long expiresAtMillis, int priority, int bodyBytes, byte[] opaque) {
  public static final int MAX_OPAQUE_BYTES = 1 << 20;
  public static final byte[] NOTHING = {};

  private static final int COUNTED = 1;
  private static final int EXPIRES = 2;
  private static final int PRIORITY = 4;
  private static final int OPAQUE = 8;
  private static final int KNOWN = COUNTED | EXPIRES | PRIORITY | OPAQUE;

  /** Bounds what a small reference may need in the journal. */
  static final int MAX_FIXED_BYTES = 1 + 5 + 5 + 10 + 5 + 5;

  public RefAttributes {
    if (opaque.length > MAX_OPAQUE_BYTES) {
      throw new IllegalArgumentException(
          "opaque attributes of %d bytes, at most %d can be kept"
              .formatted(opaque.length, MAX_OPAQUE_BYTES));
    }
  }

  /** Those of a message that is new, never expires and is like any other. */
  public static RefAttributes ofBody(int bodyBytes) {
    return new RefAttributes(0, Long.MAX_VALUE, 0, bodyBytes, NOTHING);
  }

  void encode(ByteSink into) {
    int flags =
        (deliveryCount == 0 ? 0 : COUNTED)
            | (expiresAtMillis == Long.MAX_VALUE ? 0 : EXPIRES)
            | (priority == 0 ? 0 : PRIORITY)
            | (opaque.length == 0 ? 0 : OPAQUE);
    into.u8(flags);
    into.varint(bodyBytes);
    if (deliveryCount != 0) {
      into.varint(deliveryCount);
    }
    if (expiresAtMillis != Long.MAX_VALUE) {
      into.signed(expiresAtMillis);
    }
    if (priority != 0) {
      into.varint(priority);
    }
    if (opaque.length != 0) {
      into.block(opaque);
    }
  }

  static RefAttributes decode(ByteSource from) {
    int flags = from.u8();
    if ((flags & ~KNOWN) != 0) {
      throw new ByteSource.MalformedBytes("attribute flags " + flags);
    }
    int bodyBytes = (int) from.varint();
    int deliveryCount = (flags & COUNTED) == 0 ? 0 : (int) from.varint();
    long expires = (flags & EXPIRES) == 0 ? Long.MAX_VALUE : from.signed();
    int priority = (flags & PRIORITY) == 0 ? 0 : (int) from.varint();
    byte[] opaque = (flags & OPAQUE) == 0 ? NOTHING : from.block();
    return new RefAttributes(deliveryCount, expires, priority, bodyBytes, opaque);
  }
}
