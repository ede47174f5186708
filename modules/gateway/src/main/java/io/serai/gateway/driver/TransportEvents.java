package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;

/** What a transport tells its connection. On the connection's loop. */
interface TransportEvents {
  /** Bytes came in; the receiver takes over the buffer. */
  void received(ByteBuf bytes);

  /** {@link Transport#isWritable} turned true again. */
  void drained();

  /** The socket is gone. Called once. */
  void closed();
}
