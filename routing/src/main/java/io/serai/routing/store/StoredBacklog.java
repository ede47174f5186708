package io.serai.routing.store;

import io.serai.bus.MatchData;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The messages that a queue had when the node ended, without their content, which {@link
 * Store.Pages} reads.
 */
public interface StoredBacklog {
  /** Takes what is known of one message. */
  @FunctionalInterface
  interface Visitor {
    /**
     * One message.
     *
     * @param sequence its place in the queue
     * @param bodyLength bytes of its body
     * @param expiresAtMillis when it expires by itself, {@link Long#MAX_VALUE} for never
     * @param deliveryCount how often it was delivered or came back, as far as is known; above 0
     *     means redelivered
     * @param match as it was appended
     */
    void message(
        long sequence,
        int bodyLength,
        long expiresAtMillis,
        int deliveryCount,
        @Nullable MatchData match);
  }

  /** No messages. */
  StoredBacklog EMPTY =
      new StoredBacklog() {
        @Override
        public long count() {
          return 0;
        }

        @Override
        public void forEach(Visitor visitor) {}
      };

  /** Up to which sequence messages may have been delivered, by priority; where that is known. */
  default Map<Integer, Long> marks() {
    return Map.of();
  }

  /** How many messages there are. */
  long count();

  /** Visits them in the order of their sequences. Once: what they take is given back on the way. */
  void forEach(Visitor visitor);
}
