package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.serai.model.Body;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Large bodies as sockets take them: copied out of the heap once a turn, however many of the loop's
 * connections they are written to. Confined to its loop.
 */
final class SharedBodies {
  /** Kept for other connections of the same turn, beside the newest body whatever its size. */
  private static final int MAX_KEPT_BYTES = 8 * 1024 * 1024;

  private record Kept(Body body, ByteBuf bytes) {}

  /** Newest last. Bounded by {@link #MAX_KEPT_BYTES} and by the turn. */
  private final Deque<Kept> kept = new ArrayDeque<>();

  private long keptBytes;

  /** The body's bytes to be written; whoever writes them releases them. */
  ByteBuf of(Body body, ByteBufAllocator allocator) {
    ByteBuf bytes = find(body);
    if (bytes == null) {
      bytes = allocator.directBuffer(body.length());
      body.writeTo(bytes);
      kept.add(new Kept(body, bytes));
      keptBytes += body.length();
      while (keptBytes > MAX_KEPT_BYTES && kept.size() > 1) {
        drop(kept.remove());
      }
    }
    return bytes.retainedDuplicate();
  }

  @SuppressWarnings("ReferenceEquality") // the same message; a miss costs a copy
  private @Nullable ByteBuf find(Body body) {
    for (Iterator<Kept> all = kept.descendingIterator(); all.hasNext(); ) {
      Kept one = all.next();
      if (one.body == body) {
        return one.bytes;
      }
    }
    return null;
  }

  private void drop(Kept one) {
    keptBytes -= one.body.length();
    one.bytes.release();
  }

  /** The turn ends: what was written lives on in the sockets' queues only. */
  void clear() {
    while (!kept.isEmpty()) {
      drop(kept.remove());
    }
  }
}
