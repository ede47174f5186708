package io.serai.gateway;

/**
 * Heap bytes of messages that the transactions of one connection hold together. Queues do not have
 * them yet, so no watermark counts them: this bounds what one client may have waiting.
 */
public final class HeldBytes {
  /** Most of them; one message may always be held. */
  public static final long MAX = 128L * 1024 * 1024;

  private long held;

  /** One more message is to be held; false, and nothing is counted, when that would be too much. */
  public boolean tryHold(long bytes) {
    if (held > 0 && held + bytes > MAX) {
      return false;
    }
    held += bytes;
    return true;
  }

  /** Messages of so many bytes are published or forgotten. */
  public void release(long bytes) {
    held -= bytes;
  }
}
