package io.serai.gateway;

import io.netty.buffer.ByteBuf;
import io.serai.model.Body;
import org.jspecify.annotations.Nullable;

/**
 * Bytes to frames and back for one connection. Pure: no socket, clock, logger or thread. Limits
 * come by constructor or from the session that negotiated them.
 *
 * @param <F> the protocol's frames, a sealed set
 */
public interface Codec<F> {
  /**
   * Reads one frame at the reader index and moves it past the frame. What a frame keeps of the body
   * is copied; other parts of {@code in} must not be referenced after the session has handled the
   * frame.
   *
   * @return the frame, or null when it is cut short: the reader index is then unchanged, and the
   *     call is repeated when more bytes have come
   * @throws ProtocolException on anything malformed or over a limit, as early as it can be known:
   *     memory held for an incomplete frame is bounded by what was received
   */
  @Nullable F decode(ByteBuf in);

  /** Appends the frame to {@code out}. */
  void encode(F frame, ByteBuf out);

  /**
   * Appends the frame, and leaves out the body it ends with when that is so large that it should
   * not be copied for each of many connections.
   *
   * @return the body that was left out and has to follow; null when the frame is whole
   */
  default @Nullable Body encodeUpToBody(F frame, ByteBuf out) {
    encode(frame, out);
    return null;
  }
}
