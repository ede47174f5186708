package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Address;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import org.jspecify.annotations.Nullable;

/**
 * The addresses a connection publishes to, found by their bytes: publishing to the same exchange
 * and routing key again builds no string and yields the same instance, so that routes can be cached
 * against it. Holds at most {@link #SLOTS} addresses; a new one takes the place of another with the
 * same hash.
 */
final class AddressCache {
  static final int SLOTS = 1024;

  private static final int FIRST_SLOTS = 16;

  private record Slot(byte[] key, Address address) {}

  private static final Slot NOTHING =
      new Slot(new byte[] {0, 0}, new Address("", Topic.of("", Spelling.DOT)));

  private Slot last = NOTHING;

  /** A power of two, grown when two addresses want one slot. */
  private @Nullable Slot[] slots = new Slot[0];

  /**
   * The address whose exchange and routing key, two short strings, stand at {@code [from, to)}. The
   * caller has checked that they fill it exactly.
   */
  Address at(ByteBuf in, int from, int to) {
    int length = to - from;
    Slot recent = last;
    if (recent.key.length == length && Wire.matches(in, from, recent.key)) {
      return recent.address;
    }
    Slot found = find(in, from, length);
    last = found;
    return found.address;
  }

  private Slot find(ByteBuf in, int from, int length) {
    if (slots.length == 0) {
      slots = new Slot[FIRST_SLOTS];
    }
    int hash = Wire.hash(in, from, length);
    Slot held = slots[hash & (slots.length - 1)];
    if (held != null && held.key.length == length && Wire.matches(in, from, held.key)) {
      return held;
    }
    Slot fresh = read(in, from, length);
    if (held != null && slots.length < SLOTS) {
      grow();
    }
    slots[hash & (slots.length - 1)] = fresh;
    return fresh;
  }

  private void grow() {
    @Nullable Slot[] bigger = new Slot[slots.length * 4];
    for (Slot slot : slots) {
      if (slot != null) {
        ByteBuf key = Unpooled.wrappedBuffer(slot.key);
        bigger[Wire.hash(key, 0, slot.key.length) & (bigger.length - 1)] = slot;
      }
    }
    slots = bigger;
  }

  private Slot read(ByteBuf in, int from, int length) {
    byte[] key = new byte[length];
    in.getBytes(from, key);
    int exchangeBytes = key[0] & 0xFF;
    int keyAt = 2 + exchangeBytes;
    String exchange = Wire.text(key, 1, exchangeBytes);
    String recent = last.address.exchange();
    Topic topic = Topic.of(Wire.text(key, keyAt, length - keyAt), Spelling.DOT);
    // One instance per exchange name too: whoever compares names finds most of them identical.
    return new Slot(key, new Address(recent.equals(exchange) ? recent : exchange, topic));
  }
}
