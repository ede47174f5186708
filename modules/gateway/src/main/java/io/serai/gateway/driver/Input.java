package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has received and not decoded: an incomplete frame, or what is held while the
 * session must wait. Holds no more than came in, and reading pauses as long as something is held.
 * Where boundaries count, a codec sees one piece at a time. Confined to the connection's loop.
 */
final class Input {
  /** Decoded bytes in front of the rest are given back beyond this. */
  private static final int DISCARD_BYTES = 256 * 1024;

  /** A buffer that has to grow does so by at most this beyond what it holds. */
  private static final int MAX_HEADROOM_BYTES = 1 << 20;

  /** Datagrams, or messages of a WebSocket, that may wait while the session does. */
  private static final int MAX_HELD_PIECES = 64;

  /** With more than this waiting no other piece is kept. */
  private static final int MAX_HELD_BYTES = 128 * 1024;

  private final Transport transport;
  private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

  /** Not read because something is held: the session has to wait. */
  private boolean isPaused;

  /** Not read for a moment for the sake of others, though the session could go on. */
  private boolean isResting;

  /**
   * Pieces behind the one in {@link #bytes}; made when first needed. At most {@link
   * #MAX_HELD_PIECES} and little more than {@link #MAX_HELD_BYTES}; what is beyond is dropped:
   * datagrams may be lost, and a WebSocket is not read meanwhile.
   */
  private @Nullable Queue<ByteBuf> pieces;

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
    if (transport.keepsBoundaries()) {
      keepApart(more);
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

  private void keepApart(ByteBuf piece) {
    Queue<ByteBuf> behind = pieces;
    if (behind == null) {
      behind = new ArrayDeque<>();
      pieces = behind;
    }
    if (behind.size() == MAX_HELD_PIECES || heldBytes(behind) > MAX_HELD_BYTES) {
      piece.release();
    } else {
      behind.add(fitting(piece));
    }
  }

  private static int heldBytes(Queue<ByteBuf> behind) {
    int sum = 0;
    for (ByteBuf piece : behind) {
      sum += piece.readableBytes();
    }
    return sum;
  }

  /** A datagram comes in a buffer for the longest there is: what is kept has one of its own. */
  private ByteBuf fitting(ByteBuf piece) {
    int length = piece.readableBytes();
    if (piece.capacity() <= 2 * length) {
      return piece;
    }
    ByteBuf own = transport.allocator().buffer(length).writeBytes(piece);
    piece.release();
    return own;
  }

  /** What a codec reads from. */
  ByteBuf bytes() {
    Queue<ByteBuf> behind = pieces;
    if (behind != null && !bytes.isReadable() && !behind.isEmpty()) {
      bytes.release();
      bytes = behind.remove();
    }
    return bytes;
  }

  /**
   * Goes on to the next piece where boundaries count, and drops what the codec left of this one.
   *
   * @return false when there is none
   */
  boolean nextPiece() {
    if (!transport.keepsBoundaries()) {
      return false;
    }
    bytes.skipBytes(bytes.readableBytes());
    return !isEmpty();
  }

  boolean isEmpty() {
    Queue<ByteBuf> behind = pieces;
    return !bytes.isReadable() && (behind == null || behind.isEmpty());
  }

  /** Gives back what has been decoded. */
  void trim() {
    if (!bytes.isReadable()) {
      bytes.release();
      bytes = Unpooled.EMPTY_BUFFER;
    } else if (bytes.readerIndex() > DISCARD_BYTES) {
      bytes.discardSomeReadBytes();
    }
  }

  /** Gives back everything. */
  void clear() {
    bytes.release();
    bytes = Unpooled.EMPTY_BUFFER;
    Queue<ByteBuf> behind = pieces;
    if (behind != null) {
      behind.forEach(ByteBuf::release);
      pieces = null;
    }
  }

  // ---- reading on

  /** The session must wait: if something is held, no more is read. */
  void hold() {
    if (!isPaused && !isEmpty()) {
      isPaused = true;
      if (transport.keepsBoundaries()) {
        bytes = fitting(bytes);
      }
      pauseOrResume();
    }
  }

  /** While resting nothing is read, whatever is held. */
  void setResting(boolean isToRest) {
    isResting = isToRest;
    pauseOrResume();
  }

  private void pauseOrResume() {
    if (isPaused || isResting) {
      transport.pauseReading();
    } else {
      transport.resumeReading();
    }
  }

  /** Reads on; answers whether reading had been paused. */
  boolean readOn() {
    if (!isPaused) {
      return false;
    }
    isPaused = false;
    pauseOrResume();
    return true;
  }

  /** Whether the peer cannot be heard because the session has to wait. */
  boolean isPaused() {
    return isPaused;
  }
}
