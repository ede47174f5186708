package io.serai.bench.load;

/** What a connection does with the bytes that come. */
interface Inbound {
  /**
   * Takes every whole frame from the buffer's position on and leaves the position at the first
   * unfinished one.
   *
   * @param nowNanos when the bytes were read
   */
  void onBytes(Bytes in, long nowNanos);

  /** The connection. */
  Link link();
}
