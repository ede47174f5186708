package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.internal.http.WebSocketInternal;
import java.nio.charset.StandardCharsets;

/**
 * A WebSocket that carries a protocol's bytes in binary frames, split anywhere, or one frame of the
 * protocol in each message. A text frame closes it with 1003 (RFC 6455 §7.4.1) where the protocol
 * is binary; where it may be text, a peer that speaks in text frames is answered in them, unless
 * what there is to say is no text.
 */
final class WebSocketTransport implements Transport {
  private static final short UNSUPPORTED_DATA = 1003;

  private final ServerWebSocket socket;
  private final boolean acceptsText;
  private final boolean keepsBoundaries;
  private boolean finished;

  /** Written, but not to the socket yet. */
  private long waitingBytes;

  /** What came last was a text frame. */
  private boolean speaksText;

  WebSocketTransport(ServerWebSocket socket, boolean acceptsText, boolean keepsBoundaries) {
    this.socket = socket;
    this.acceptsText = acceptsText;
    this.keepsBoundaries = keepsBoundaries;
  }

  @Override
  public boolean keepsBoundaries() {
    return keepsBoundaries;
  }

  /** Starts handing over what comes in. */
  void attach(TransportEvents to) {
    if (keepsBoundaries) {
      attachWhole(to);
    }
    socket.frameHandler(frame -> {
      if (frame.isText() && !acceptsText) {
        refuseText();
        to.closed(); // whether or not the peer closes in its turn
      } else if (keepsBoundaries) {
        return; // its message comes when it is whole
      } else if (frame.isBinary() || frame.isText() || frame.isContinuation()) {
        speaksText = frame.isText() || frame.isContinuation() && speaksText;
        to.received(((BufferInternal) frame.binaryData()).getByteBuf());
      }
    });
    socket.drainHandler(_ -> to.drained());
    socket.exceptionHandler(_ -> {});
    socket.closeHandler(_ -> to.closed());
  }

  private void refuseText() {
    if (waitingBytes > 0) {
      close(); // the reason would wait behind what the peer does not read, and the socket with it
    } else {
      socket.close(UNSUPPORTED_DATA, "binary frames only");
    }
  }

  /** Hands over whole messages. */
  private void attachWhole(TransportEvents to) {
    socket.binaryMessageHandler(message -> {
      speaksText = false;
      to.received(((BufferInternal) message).getByteBuf());
    });
    if (acceptsText) {
      socket.textMessageHandler(message -> {
        speaksText = true;
        to.received(Unpooled.copiedBuffer(message, StandardCharsets.UTF_8));
      });
    }
  }

  @Override
  public ByteBufAllocator allocator() {
    return ByteBufAllocator.DEFAULT;
  }

  @Override
  public void write(ByteBuf bytes) {
    if (socket.isClosed()) {
      bytes.release();
      return;
    }
    int length = bytes.readableBytes();
    waitingBytes += length;
    written(bytes).onComplete(_ -> waitingBytes -= length);
  }

  private Future<Void> written(ByteBuf bytes) {
    if (speaksText && ByteBufUtil.isText(bytes, StandardCharsets.UTF_8)) {
      String text = bytes.toString(StandardCharsets.UTF_8);
      bytes.release();
      return socket.writeTextMessage(text);
    }
    // Vert.x releases no buffer but its own.
    return socket.writeBinaryMessage(BufferInternal.buffer(bytes)).onComplete(_ -> bytes.release());
  }

  @Override
  public long waitingBytes() {
    return waitingBytes;
  }

  @Override
  public void flush() {
    // Vert.x flushes by itself.
  }

  @Override
  public boolean isWritable() {
    return !socket.writeQueueFull();
  }

  @Override
  public void pauseReading() {
    socket.pause();
  }

  @Override
  public void resumeReading() {
    socket.resume();
  }

  @Override
  public void finish(boolean isPeerDone) {
    if (!finished) {
      finished = true;
      socket.close();
    }
  }

  @Override
  public void close() {
    if (socket instanceof WebSocketInternal internal) {
      // Vert.x's own way waits for the peer to read what it was sent.
      internal.channelHandlerContext().close();
    } else {
      socket.close();
    }
  }
}
