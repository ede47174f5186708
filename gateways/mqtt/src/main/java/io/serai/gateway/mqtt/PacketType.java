package io.serai.gateway.mqtt;

/** Where properties occur: the packet types by their number, and the will inside CONNECT as 0. */
enum PacketType {
  WILL,
  CONNECT,
  CONNACK,
  PUBLISH,
  PUBACK,
  PUBREC,
  PUBREL,
  PUBCOMP,
  SUBSCRIBE,
  SUBACK,
  UNSUBSCRIBE,
  UNSUBACK,
  PINGREQ,
  PINGRESP,
  DISCONNECT,
  AUTH;

  private static final PacketType[] ALL = values();

  /** The type in the high four bits of a packet's first byte; {@link #WILL} for the reserved 0. */
  static PacketType ofFirstByte(int firstByte) {
    return ALL[firstByte >>> 4 & 0x0F];
  }

  /** The first byte of a packet of this type with the flags its specification fixes. */
  int firstByte() {
    int flags = this == PUBREL || this == SUBSCRIBE || this == UNSUBSCRIBE ? 2 : 0;
    return ordinal() << 4 | flags;
  }
}
