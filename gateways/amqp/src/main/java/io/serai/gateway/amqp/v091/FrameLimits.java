package io.serai.gateway.amqp.v091;

/**
 * How large frames may be: the codec obeys, the handshake negotiates. Confined to the connection's
 * event loop.
 */
public final class FrameLimits {
  private int frameMaxBytes;
  private final long maxMessageBytes;

  /**
   * @param frameMaxBytes largest frame either way, its overhead included, until negotiated
   * @param maxMessageBytes largest body of one message
   */
  public FrameLimits(int frameMaxBytes, long maxMessageBytes) {
    this.frameMaxBytes = frameMaxBytes;
    this.maxMessageBytes = maxMessageBytes;
  }

  int frameMaxBytes() {
    return frameMaxBytes;
  }

  long maxMessageBytes() {
    return maxMessageBytes;
  }

  /** The client has chosen. */
  void negotiated(int bytes) {
    frameMaxBytes = bytes;
  }
}
