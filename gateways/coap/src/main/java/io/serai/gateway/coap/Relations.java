package io.serai.gateway.coap;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one peer observes, by token. Confined to the connection's event loop. */
final class Relations {
  private static final int SEQUENCE_MASK = 0xff_ffff;

  /** A step of the sequence in milliseconds, as a power of two: a turn of 24 bits takes 3 days. */
  private static final int STEP_SHIFT = 4;

  private final int max;

  /** Bounded by {@link #max}; made when first needed. */
  private @Nullable Map<CoapToken, Relation> byToken;

  private long lastSequence;

  Relations(int max) {
    this.max = max;
  }

  @Nullable Relation of(CoapToken token) {
    Map<CoapToken, Relation> known = byToken;
    return known == null ? null : known.get(token);
  }

  /** The relation whose last notification had this message id. */
  @Nullable Relation notifiedWith(int messageId) {
    Map<CoapToken, Relation> known = byToken;
    if (known != null) {
      for (Relation relation : known.values()) {
        if (relation.lastMessageId == messageId) {
          return relation;
        }
      }
    }
    return null;
  }

  void add(Relation relation) {
    Map<CoapToken, Relation> known = byToken;
    if (known == null) {
      known = new HashMap<>(4);
      byToken = known;
    }
    known.put(relation.token(), relation);
  }

  void remove(Relation relation) {
    Map<CoapToken, Relation> known = byToken;
    if (known != null && known.remove(relation.token(), relation) && known.isEmpty()) {
      byToken = null;
    }
  }

  boolean isEmpty() {
    return byToken == null;
  }

  boolean isFull() {
    Map<CoapToken, Relation> known = byToken;
    return known != null && known.size() >= max;
  }

  /** All of them; a copy. */
  List<Relation> all() {
    Map<CoapToken, Relation> known = byToken;
    return known == null ? List.of() : List.copyOf(known.values());
  }

  /**
   * The next value of Observe, 24 bits (RFC 7641 §4.4). It grows with time, so that it goes on
   * where it was when a peer was forgotten and comes back.
   */
  long nextSequence(long nowMillis) {
    lastSequence = Math.max(lastSequence + 1, nowMillis >> STEP_SHIFT);
    return lastSequence & SEQUENCE_MASK;
  }
}
