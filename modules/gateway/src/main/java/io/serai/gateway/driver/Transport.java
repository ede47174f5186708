package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** The socket under a connection, reduced to what a driver does with it. Confined to its loop. */
interface Transport {
  /**
   * Whether what is received and written in one piece stays one: datagrams, and WebSocket messages
   * where each is a frame of the protocol.
   */
  default boolean keepsBoundaries() {
    return false;
  }

  /** Where buffers to write come from. */
  ByteBufAllocator allocator();

  /** Queues bytes for the peer and takes over the buffer. */
  void write(ByteBuf bytes);

  /** Hands what was queued to the operating system. */
  void flush();

  /** Whether the peer takes bytes fast enough. */
  boolean isWritable();

  /**
   * About how many bytes wait for the peer to take them; 0 when they are few or nobody can tell.
   */
  default long waitingBytes() {
    return 0;
  }

  /**
   * What came in was handled: a measure of how much to take next time.
   *
   * @param turnNanos how long that may take
   */
  default void handled(int bytes, long nanos, long turnNanos) {}

  /** Stops reading from the socket. */
  void pauseReading();

  /** Reads again. */
  void resumeReading();

  /**
   * Says "nothing more from us" after what was written, so that the peer can still read our last
   * words; transports without half-close close at once.
   *
   * @param isPeerDone whether the peer has said all it will: then it may be closed at once, since
   *     nothing can come any more that would make the kernel reset the connection
   */
  void finish(boolean isPeerDone);

  /** Closes now. */
  void close();
}
