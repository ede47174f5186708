package io.serai.routing.queue;

import io.serai.bus.Caller;
import io.serai.model.Message;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message that a queue gave up, or whose delay is over, ready to be routed.
 *
 * @param declaredBy who declared the queue: whose permission counts; null for the configuration's
 *     queues and for what was allowed when it was published
 * @param vhost where it is routed
 * @param message the copy, its address the dead letter exchange
 * @param avoided names of queues that must not get it: it has been there and no consumer had a hand
 *     in what happened since
 * @param isPublished whether it is only now published, so that the rules for what clients publish
 *     apply: one whose delay is over
 */
public record DeadLetter(
    @Nullable Caller declaredBy,
    String vhost,
    Message message,
    Set<String> avoided,
    boolean isPublished) {}
