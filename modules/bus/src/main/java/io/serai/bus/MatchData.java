package io.serai.bus;

import io.serai.model.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a binding carries beside its filter: opaque to routing, meaningful to the gateway that bound
 * (an MQTT subscription's QoS, identifier, no-local and retain-as-published). Immutable.
 */
public interface MatchData {
  /**
   * Makes one delivery of all the matches of a message with one destination.
   *
   * @param matches every binding of the destination that matched and carries match data, at least
   *     one
   * @return what the delivery carries, or null when the message must not be delivered (no-local)
   */
  @Nullable MatchData fold(Message message, List<MatchData> matches);

  /**
   * Whether {@code message} would be delivered at most once under this (folded) match, so that a
   * queue without a consumer need not keep it (MQTT QoS 0 for an absent session).
   */
  default boolean isAtMostOnce(Message message) {
    return false;
  }
}
