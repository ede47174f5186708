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
  private final CoapSettings settings;
  private final RecentLimit limit;

  /** In the order they came; bounded by {@link #limit}; made when first needed. */
  private @Nullable Map<Integer, Exchange> byMessageId;

  Recent(CoapSettings settings, RecentLimit limit) {
    this.settings = settings;
    this.limit = limit;
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
    int before = known.size();
    int most = limit.perPeer();
    known.remove(exchange.messageId()); // what is put anew is the youngest
    Iterator<Exchange> oldest = known.values().iterator();
    while (oldest.hasNext()) {
      Exchange next = oldest.next();
      if (known.size() < most && !isOver(next, clockMillis)) {
        break;
      }
      oldest.remove();
    }
    known.put(exchange.messageId(), exchange);
    if (known.size() != before) {
      limit.add(known.size() - before);
    }
  }

  /** The peer is gone. */
  void close() {
    limit.add(-size());
    byMessageId = null;
  }

  int size() {
    Map<Integer, Exchange> known = byMessageId;
    return known == null ? 0 : known.size();
  }
}
