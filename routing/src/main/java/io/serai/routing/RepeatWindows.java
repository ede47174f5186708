package io.serai.routing;

import io.serai.bus.QueueRef;
import io.serai.bus.RepeatWindow;
import io.serai.routing.exchange.Destination;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Windows of exchanges that look for repeats, on the way of one message: whatever is reached
 * through such an exchange has its window, the first one if there are several.
 */
final class RepeatWindows {
  private final Map<QueueRef, RepeatWindow> ofQueues = new HashMap<>();

  /** By name, of exchanges still to visit. */
  private final Map<String, RepeatWindow> ofExchanges = new HashMap<>();

  void handOn(RepeatWindow window, Destination to) {
    switch (to) {
      case Destination.ToQueue(QueueRef queue) -> ofQueues.putIfAbsent(queue, window);
      case Destination.ToExchange(String name) -> ofExchanges.putIfAbsent(name, window);
    }
  }

  /** What another exchange has handed on to this one; null for none. */
  @Nullable RepeatWindow of(String exchange) {
    return ofExchanges.get(exchange);
  }

  /** The window of the exchange through which a queue was reached; null for none. */
  @Nullable RepeatWindow of(QueueRef queue) {
    return ofQueues.get(queue);
  }
}
