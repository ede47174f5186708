package io.serai.routing.queue;

import io.serai.bus.MatchData;
import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/**
 * A ready message that was handed out before.
 *
 * @param sequence its place in the queue
 * @param deliveryCount how often it was handed out, at least 1
 */
record Returned(long sequence, Message message, int deliveryCount, @Nullable MatchData match) {}
