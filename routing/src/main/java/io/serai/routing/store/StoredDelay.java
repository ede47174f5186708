package io.serai.routing.store;

/**
 * What is known of a message that waited for its time when the node ended, without its content,
 * which {@link Store.Pages} reads.
 *
 * @param sequence its place with {@link Store#DELAYED_OWNER}
 * @param note what was written beside it: when it is due
 * @param bodyBytes length of its body
 */
public record StoredDelay(long sequence, long note, int bodyBytes) {}
