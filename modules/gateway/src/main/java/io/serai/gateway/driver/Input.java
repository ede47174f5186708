package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * What a connection has received and not decoded: an incomplete frame, or what is held while the
 * session must wait. Holds no more than came in, and reading pauses as long as something is held.
 * Confined to the connection's loop.
 */
final class Input {
  /** Decoded bytes in front of the rest are given back beyond this. */
  private static final int DISCARD_BYTES = 256 * 1024;

  /** A buffer that has to grow does so by at most this beyond what it holds. */
  private static final int MAX_HEADROOM_BYTES = 1 << 20;

  private final Transport transport;
  private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
  private boolean isPaused;

  Input(Transport transport) {
    this.transport = transport;
  }

  /** Takes over what came in. */
  void add(ByteBuf more) {
    if (!bytes.isReadable()) {
      bytes.release();
      bytes = more;
      return;
    }
    ByteBuf into = bytes;
    if (into.writableBytes() < more.readableBytes() || into.refCnt() > 1 || into.isReadOnly()) {
      int needed = into.readableBytes() + more.readableBytes();
      // Doubling keeps the copying linear when one frame spans many reads.
      ByteBuf bigger =
          transport
              .allocator()
              .buffer(Math.max(needed, Math.min(2 * needed, needed + MAX_HEADROOM_BYTES)));
      bigger.writeBytes(into);
      into.release();
      into = bigger;
    }
    into.writeBytes(more);
    more.release();
    bytes = into;
  }

  /** What a codec reads from. */
  ByteBuf bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return !bytes.isReadable();
  }

  /** Gives back what has been decoded. */
  void trim() {
    if (!bytes.isReadable()) {
      clear();
    } else if (bytes.readerIndex() > DISCARD_BYTES) {
      bytes.discardSomeReadBytes();
    }
  }

  /** Gives back everything. */
  void clear() {
    bytes.release();
    bytes = Unpooled.EMPTY_BUFFER;
  }

  // ---- reading on

  /** The session must wait: reads no more once something is held. */
  void hold() {
    if (!isPaused && !isEmpty()) {
      isPaused = true;
      transport.pauseReading();
    }
  }

  /** Reads on; answers whether reading had been paused. */
  boolean readOn() {
    if (!isPaused) {
      return false;
    }
    isPaused = false;
    transport.resumeReading();
    return true;
  }

  /** Whether we keep the peer from being heard. */
  boolean isPaused() {
    return isPaused;
  }
}
