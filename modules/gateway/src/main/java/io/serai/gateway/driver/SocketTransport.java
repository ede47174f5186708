package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.NetSocket;

/** A TCP or TLS socket through Vert.x's public API: the fallback of {@link PipelineTransport}. */
final class SocketTransport implements Transport {
  private final NetSocket socket;
  private boolean finished;

  SocketTransport(NetSocket socket) {
    this.socket = socket;
  }

  /** Starts handing over what comes in. */
  void attach(TransportEvents to) {
    socket.handler(buffer -> to.received(((BufferInternal) buffer).getByteBuf()));
    socket.drainHandler(_ -> to.drained());
    socket.exceptionHandler(_ -> {});
    socket.closeHandler(_ -> to.closed());
  }

  @Override
  public ByteBufAllocator allocator() {
    return ByteBufAllocator.DEFAULT;
  }

  @Override
  public void write(ByteBuf bytes) {
    // Vert.x releases no buffer but its own.
    socket.write(BufferInternal.buffer(bytes)).onComplete(_ -> bytes.release());
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
      socket.end();
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
