package io.serai.gateway.driver;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Where what the connections of one loop publish has to pass: open, or shut because memory runs low
 * or because another loop does not keep up with what this one sends it. While it is shut,
 * connections park what they publish, within bounds, and stop reading when there is no room left.
 *
 * <p>A connection with consumers gets more room than one that only publishes, so that a pipeline
 * (consume, work, publish, acknowledge) gets on: it is what makes memory free. Confined to its
 * loop.
 */
final class PublisherGate {
  /** What a connection that consumes may park before its socket is not read any more. */
  static final long CONSUMER_BYTES = 1 << 20;

  /**
   * What a connection that only publishes may park: enough for one that stops when it is told to,
   * or when its acknowledgements stay away, to be read on and keep its connection alive.
   */
  static final long PUBLISHER_BYTES = 64 * 1024;

  /** All connections of the node together may park this part of the heap. */
  private static final int HEAP_PARTS = 32;

  private final long limitBytes;
  private long parkedBytes;

  /** Those with something parked; each leaves when it goes on or ends. */
  private final Set<Publishing> parked = new LinkedHashSet<>();

  private boolean isMemoryLow;
  private boolean isCrowded;

  /**
   * @param limitBytes what all connections of the loop may park together
   */
  PublisherGate(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** A gate with one loop's share of the node's room. */
  static PublisherGate ofLoop(int loopCount) {
    long share = Runtime.getRuntime().maxMemory() / HEAP_PARTS / loopCount;
    return new PublisherGate(Math.max(CONSUMER_BYTES, share));
  }

  /** Whether what is published may leave. */
  boolean isOpen() {
    return !isMemoryLow && !isCrowded;
  }

  void setMemoryLow(boolean isLow) {
    isMemoryLow = isLow;
  }

  void setCrowded(boolean crowded) {
    isCrowded = crowded;
  }

  /**
   * Lets what was parked go on, first come first served, for as long as the gate is open. One that
   * fails is no reason for the others to wait.
   */
  void letGo() {
    for (Publishing next : new ArrayList<>(parked)) {
      if (!isOpen()) {
        return;
      }
      next.goOn();
    }
  }

  void park(Publishing by, long bytes) {
    parkedBytes += bytes;
    parked.add(by);
  }

  /** What all connections of the loop have parked. */
  long parkedBytes() {
    return parkedBytes;
  }

  void leave(Publishing by, long bytes) {
    parkedBytes -= bytes;
    parked.remove(by);
  }

  /** Whether the loop's connections together have parked all that they may. */
  boolean isOutOfRoom() {
    return parkedBytes >= limitBytes;
  }

  /**
   * Whether a connection that has parked {@code ownBytes} must stop. Connections that only publish
   * leave half of the room to those that consume.
   */
  boolean isFull(long ownBytes, boolean hasConsumers) {
    return hasConsumers
        ? ownBytes >= CONSUMER_BYTES || parkedBytes >= limitBytes
        : ownBytes >= PUBLISHER_BYTES || parkedBytes >= limitBytes / 2;
  }
}
