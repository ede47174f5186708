package io.serai.gateway.coap;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one peer that may come again (RFC 7252 §4.5), by message id. Confined to the
 * connection's event loop.
 */
final class Recent {
  /** Requests remembered. A peer that sends more within their lifetime has the oldest forgotten. */
  private static final int MAX_REQUESTS = 1_024;

  private final CoapSettings settings;

  /** In the order they came; bounded by {@link #MAX_REQUESTS}; made when first needed. */
  private @Nullable Map<Integer, Exchange> byMessageId;

  Recent(CoapSettings settings) {
    this.settings = settings;
  }

  /** The request that had this message id and type, as long as it still means that one. */
  @Nullable Exchange find(int messageId, long clockMillis) {
    Map<Integer, Exchange> known = byMessageId;
    Exchange found = known == null ? null : known.get(messageId);
    return found == null || isOver(found, clockMillis) ? null : found;
  }

  private boolean isOver(Exchange exchange, long clockMillis) {
    long lifetime =
        exchange.isConfirmable() ? settings.exchangeLifetimeMillis() : settings.nonLifetimeMillis();
    return clockMillis - exchange.cameMillis >= lifetime;
  }

  /** Remembers a request, and forgets those that cannot come again. */
  void add(Exchange exchange, long clockMillis) {
    Map<Integer, Exchange> known = byMessageId;
    if (known == null) {
      known = new LinkedHashMap<>(4);
      byMessageId = known;
    }
    known.remove(exchange.messageId()); // what is put anew is the youngest
    Iterator<Exchange> oldest = known.values().iterator();
    while (oldest.hasNext()) {
      Exchange next = oldest.next();
      if (known.size() < MAX_REQUESTS && !isOver(next, clockMillis)) {
        break;
      }
      oldest.remove();
    }
    known.put(exchange.messageId(), exchange);
  }

  int size() {
    Map<Integer, Exchange> known = byMessageId;
    return known == null ? 0 : known.size();
  }
}
