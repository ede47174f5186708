package io.serai.gateway.amqp.v091;

/**
 * How large frames may be: the codec obeys, the handshake negotiates. Confined to the connection's
 * event loop.
 */
public final class FrameLimits {
  private int frameMaxBytes;
  private boolean hasChannels = true;
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

  /**
   * Whether frames of channels other than the connection's own are taken. They are not before the
   * connection is open, so that whoever has not logged in cannot make us keep contents.
   */
  boolean hasChannels() {
    return hasChannels;
  }

  void hasChannels(boolean now) {
    hasChannels = now;
  }

  /** The client has chosen. */
  void negotiated(int bytes) {
    frameMaxBytes = bytes;
  }
}
