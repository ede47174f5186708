package io.serai.gateway.amqp.v091;

/**
 * The properties of class basic in wire order, with their bits in the property flags (§4.2.6.1).
 */
enum Property {
  CONTENT_TYPE(15),
  CONTENT_ENCODING(14),
  HEADERS(13),
  DELIVERY_MODE(12),
  PRIORITY(11),
  CORRELATION_ID(10),
  REPLY_TO(9),
  EXPIRATION(8),
  MESSAGE_ID(7),
  TIMESTAMP(6),
  TYPE(5),
  USER_ID(4),
  APP_ID(3),
  /** Deprecated; kept for consumers of 0-9-1. */
  CLUSTER_ID(2);

  /** Set when another word of flags follows; class basic has no property there. */
  static final int MORE_FLAGS = 1;

  /** Set for nothing. */
  static final int UNUSED_FLAG = 2;

  final int flag;

  Property(int bit) {
    this.flag = 1 << bit;
  }

  boolean isIn(int flags) {
    return (flags & flag) != 0;
  }
}
