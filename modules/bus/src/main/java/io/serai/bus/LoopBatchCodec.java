package io.serai.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** Passes batches between loops of this node by reference: everything in them is immutable. */
final class LoopBatchCodec implements MessageCodec<LoopBatch, LoopBatch> {
  static final String NAME = "serai-loop-batch";

  @Override
  public void encodeToWire(Buffer buffer, LoopBatch batch) {
    throw new IllegalStateException("loop batches never leave the node");
  }

  @Override
  public LoopBatch decodeFromWire(int position, Buffer buffer) {
    throw new IllegalStateException("loop batches never leave the node");
  }

  @Override
  public LoopBatch transform(LoopBatch batch) {
    return batch;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1; // a user codec
  }
}
