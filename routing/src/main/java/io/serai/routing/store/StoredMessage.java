package io.serai.routing.store;

import io.serai.bus.MatchData;
import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message that an owner had when the node ended.
 *
 * @param sequence its place with its owner
 * @param message shared by everyone who has it
 * @param match as it was appended
 * @param deliveryCount how often it was delivered or came back, as far as is known; above 0 means
 *     redelivered
 * @param note what its owner wrote beside it, such as when its delay is over; 0 unless it did
 */
public record StoredMessage(
    long sequence, Message message, @Nullable MatchData match, int deliveryCount, long note) {}
