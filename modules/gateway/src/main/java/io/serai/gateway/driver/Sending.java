package io.serai.gateway.driver;

import io.serai.bus.Counter;

/**
 * Sends what a session says as long as its connection is not closing: into the {@link Output} at
 * once, to the socket when the turn ends, and counted. Confined to the connection's event loop.
 */
final class Sending<F> {
  private final SessionHub hub;
  private final Connection<F> connection;
  private final Output<F> output;
  private final Transport transport;
  private final IdleLimits idle;
  private final Ending ending;

  /** The turn's end flushes. */
  private boolean isDirty;

  Sending(
      SessionHub hub,
      Connection<F> connection,
      Output<F> output,
      Transport transport,
      IdleLimits idle,
      Ending ending) {
    this.hub = hub;
    this.connection = connection;
    this.output = output;
    this.transport = transport;
    this.idle = idle;
    this.ending = ending;
  }

  /** Encodes a frame, which leaves when the turn ends. */
  void send(F frame) {
    if (!ending.isClosing()) { // nothing follows what a session closes with
      markDirty();
      wrote(output.add(frame));
    }
  }

  /** Has the turn's end flush, whether or not there is anything to send. */
  void markDirty() {
    if (!isDirty) {
      isDirty = true;
      hub.markDirty(connection);
    }
  }

  /** Whether something was sent in this turn. */
  boolean isDirty() {
    return isDirty;
  }

  private void wrote(int bytes) {
    if (bytes > 0) {
      hub.counters().add(Counter.BYTES_OUT, bytes);
      idle.wrote(hub.clockMillis());
    }
  }

  /** The turn ends: what was collected leaves. */
  void flush() {
    isDirty = false;
    if (ending.isTransportGone()) {
      output.drop();
      return;
    }
    wrote(output.write());
    transport.flush();
    ending.flushed();
  }

  /** Gives up what was collected. */
  void drop() {
    output.drop();
  }

  boolean isWritable() {
    return !ending.isTransportGone() && transport.isWritable();
  }
}
