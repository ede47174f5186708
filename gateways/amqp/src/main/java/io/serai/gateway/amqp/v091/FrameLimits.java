package io.serai.gateway.amqp.v091;

/**
 * What codec and session tell each other: how large frames may be and whether channels have any,
 * which the handshake negotiates and the codec obeys, and what is being read, for errors. Confined
 * to the connection's event loop.
 */
public final class FrameLimits {
  private int frameMaxBytes;
  private boolean hasChannels = true;
  private int readingMethodId;
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

  /**
   * The method whose frames are being read, class id in the upper 16 bits; 0 when a frame is
   * refused before it shows one. Close methods say it (AMQP 0-9-1 §1.4.2.9).
   */
  int readingMethodId() {
    return readingMethodId;
  }

  void reading(int methodId) {
    readingMethodId = methodId;
  }

  /** The client has chosen. */
  void negotiated(int bytes) {
    frameMaxBytes = bytes;
  }
}
