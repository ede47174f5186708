package io.serai.routing.queue;

import io.serai.model.Message;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Heap bytes of the messages that a shard's queues keep. A message held by queues of several shards
 * counts once, on the shard that held it first, and is taken off where it is released last: one
 * shard's figure may fall below zero, the sum over all shards is right.
 *
 * <p>Written on the shard's loop only; {@link #heldBytes} may be read from anywhere.
 */
final class MemoryAccount {
  private static final VarHandle HELD;

  static {
    try {
      HELD = MethodHandles.lookup().findVarHandle(MemoryAccount.class, "held", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private long held;

  /** Slots of the current entry that have not been handled yet, and holders taken for them. */
  private int slotsLeft;

  private int reserved;

  /** A message arrives for {@code slots} queues: each may hold it once. */
  void begin(int slots) {
    slotsLeft = slots;
    reserved = 0;
  }

  /** The current queue keeps the message. One atomic step serves all queues that follow. */
  void hold(Message message) {
    if (reserved == 0) {
      take(message, slotsLeft);
      reserved = slotsLeft;
    }
    reserved--;
  }

  /** The current queue is done with the message. */
  void nextSlot() {
    slotsLeft--;
  }

  /** All queues are done with the message: what was taken for those that do not keep it goes. */
  void end(Message message) {
    if (reserved > 0) {
      if (message.release(reserved)) {
        add(-message.sizeBytes());
      }
      reserved = 0;
    }
  }

  /** Holds a message outside of a delivery to queues; answers whether nobody held it before. */
  boolean take(Message message, int count) {
    boolean isFirst = message.hold(count);
    if (isFirst) {
      add(message.sizeBytes());
    }
    return isFirst;
  }

  /** A queue gives a message up; answers whether nobody holds it any more. */
  boolean drop(Message message) {
    boolean isLast = message.release();
    if (isLast) {
      add(-message.sizeBytes());
    }
    return isLast;
  }

  long heldBytes() {
    return (long) HELD.getOpaque(this);
  }

  /** Counts memory beside that of messages; negative when it is given back. */
  void add(long bytes) {
    HELD.setOpaque(this, held + bytes);
  }
}
