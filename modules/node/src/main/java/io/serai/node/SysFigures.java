package io.serai.node;

/**
 * What {@code $SYS} is made of, read at one time. Totals count from the node's start.
 *
 * @param clients open connections of MQTT listeners
 * @param sessions MQTT sessions, connected or kept for later
 * @param received messages taken from publishers, whatever protocol they speak
 * @param sent messages handed to consumers
 * @param dropped messages that a full queue or subscriber did not take
 * @param opened connections accepted
 * @param subscriptions filters of MQTT sessions
 * @param groups groups of shared subscriptions
 * @param retained topics with a retained value
 * @param heldBytes heap held by messages in queues
 * @param heapBytes heap in use
 */
record SysFigures(
    long uptimeSeconds,
    long clients,
    long sessions,
    long received,
    long sent,
    long dropped,
    long bytesIn,
    long bytesOut,
    long opened,
    long subscriptions,
    long groups,
    long retained,
    long heldBytes,
    long heapBytes) {}
