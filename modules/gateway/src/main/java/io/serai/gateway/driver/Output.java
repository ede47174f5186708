package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.Codec;
import org.jspecify.annotations.Nullable;

/**
 * What a connection sends: frames are encoded at once into one buffer, which goes to the transport
 * when the turn ends or when it holds {@link #FLUSH_BYTES}; where boundaries count, each by itself.
 * Confined to the connection's loop.
 */
final class Output<F> {
  /** Collected before it goes to the transport within a turn. */
  private static final int FLUSH_BYTES = 256 * 1024;

  private static final int LEAST_INITIAL_BYTES = 256;
  private static final int MOST_INITIAL_BYTES = FLUSH_BYTES + FLUSH_BYTES / 4;

  private final Codec<F> codec;
  private final Transport transport;
  private @Nullable ByteBuf collected;
  private int lastBytes = 1024;

  Output(Codec<F> codec, Transport transport) {
    this.codec = codec;
    this.transport = transport;
  }

  /** Adds a frame; answers how many bytes left for the transport, 0 as long as they are few. */
  int add(F frame) {
    ByteBuf out = collected;
    if (out == null) {
      out = transport.allocator().ioBuffer(Math.min(lastBytes, MOST_INITIAL_BYTES));
      collected = out;
    }
    codec.encode(frame, out);
    return transport.keepsBoundaries() || out.readableBytes() >= FLUSH_BYTES ? write() : 0;
  }

  /** Hands what was collected to the transport; answers how many bytes. */
  int write() {
    ByteBuf out = collected;
    if (out == null) {
      return 0;
    }
    collected = null;
    int bytes = out.readableBytes();
    lastBytes = Math.max(LEAST_INITIAL_BYTES, bytes + (bytes >> 2));
    transport.write(out);
    return bytes;
  }

  /** Gives up what was collected. */
  void drop() {
    ByteBuf out = collected;
    if (out != null) {
      collected = null;
      out.release();
    }
  }
}
