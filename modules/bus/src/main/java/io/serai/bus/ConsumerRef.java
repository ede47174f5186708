package io.serai.bus;

/**
 * A consumer attached to a queue.
 *
 * @param session the connection it delivers to
 * @param id chosen by the session, unique among its live consumers
 * @param queue the queue it reads
 * @param options what it asked for
 */
public record ConsumerRef(SessionRef session, int id, QueueRef queue, ConsumerOptions options) {}
