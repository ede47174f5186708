package io.serai.gateway.coap.resource;

import io.serai.bus.Delivery;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Messages that were taken from queues and not acknowledged yet, by the tag their taker was told.
 * Node-wide, because whoever acknowledges may come from another port than whoever took it. What a
 * peer holds is bounded ({@link QueueResource#MAX_HELD}) and goes with it.
 */
final class HeldMessages {
  /**
   * One of them.
   *
   * @param user who took it; only the same user may settle it
   */
  record Held(Delivery delivery, String vhost, String queue, String user) {}

  private final ConcurrentHashMap<String, Held> byTag = new ConcurrentHashMap<>();

  void add(String tag, Held held) {
    byTag.put(tag, held);
  }

  /** Takes out what is held under a tag from this queue by this user, or null. */
  @Nullable Held remove(String tag, String vhost, String queue, String user) {
    Held held = byTag.get(tag);
    return held != null
            && held.vhost().equals(vhost)
            && held.queue().equals(queue)
            && held.user().equals(user)
            && byTag.remove(tag, held)
        ? held
        : null;
  }

  /** Whether something is held under a tag. */
  boolean has(String tag) {
    return byTag.containsKey(tag);
  }

  /** Takes out what is held under a tag, null when it was settled before. */
  @Nullable Held remove(String tag) {
    return byTag.remove(tag);
  }
}
