package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.Codec;
import io.serai.model.Body;
import org.jspecify.annotations.Nullable;

/**
 * What a connection sends: frames are encoded at once into one buffer, which goes to the transport
 * when the turn ends or when it holds {@link #FLUSH_BYTES}; where boundaries count, each by itself.
 * A large body goes there from the one copy that all connections of the loop share. Confined to the
 * connection's loop.
 */
final class Output<F> {
  /** Collected before it goes to the transport within a turn. */
  private static final int FLUSH_BYTES = 256 * 1024;

  private static final int LEAST_INITIAL_BYTES = 256;
  private static final int MOST_INITIAL_BYTES = FLUSH_BYTES + FLUSH_BYTES / 4;

  private final Codec<F> codec;
  private final Transport transport;
  private final SharedBodies bodies;
  private @Nullable ByteBuf collected;
  private int lastBytes = 1024;

  Output(Codec<F> codec, Transport transport, SharedBodies bodies) {
    this.codec = codec;
    this.transport = transport;
    this.bodies = bodies;
  }

  /** Adds a frame; answers how many bytes left for the transport, 0 as long as they are few. */
  int add(F frame) {
    ByteBuf out = collected;
    if (out == null) {
      out = transport.allocator().ioBuffer(Math.min(lastBytes, MOST_INITIAL_BYTES));
      collected = out;
    }
    if (transport.keepsBoundaries()) {
      codec.encode(frame, out);
      return write();
    }
    Body body = codec.encodeUpToBody(frame, out);
    if (body == null) {
      return out.readableBytes() >= FLUSH_BYTES ? write() : 0;
    }
    int bytes = write();
    transport.write(bodies.of(body, transport.allocator()));
    return bytes + body.length();
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
