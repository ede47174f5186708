package io.serai.bus;

import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/**
 * A connection's way into routing, confined to the connection's loop. {@link #publish} routes at
 * once, in place, and collects what each shard has to append; {@link #flush} sends one batch per
 * shard. Drivers flush at the end of every socket read and before every request, so order is kept.
 */
public interface Publisher {
  /** {@link #publish} flag: the shards' answer is wanted for this message. */
  int CONFIRM = 1;

  /** {@link #publish} flag: keep it as the topic's retained value; an empty body removes it. */
  int RETAIN = 2;

  /** {@link #publish} flag: route it by {@link io.serai.model.Encoding#moreTopics} too. */
  int COPIES = 4;

  /**
   * {@link #publish} flag: only say how the message would fare now. Nothing is appended, kept or
   * counted, and the other flags but {@link #COPIES} mean nothing.
   */
  int CHECK = 8;

  /**
   * {@link #publish} flag: deliver nothing, tell the way the message would take in an answer to its
   * reply-to, as {@link RouteQuestion} says. The result is that of the answer, unless the message
   * itself may not be published.
   */
  int EXPLAIN = 16;

  /**
   * Checks access and routes one message.
   *
   * <p>With {@link #CONFIRM} and a {@link PublishResult#ROUTED} answer the message takes the next
   * index of the open batch, counted from 0. With {@link #RETAIN} too a message that is kept is
   * {@link PublishResult#ROUTED} whether it finds a queue or not, and confirmed when its value is
   * safe.
   */
  default PublishResult publish(Message message, int flags) {
    return publish(message, flags, null);
  }

  /**
   * The same.
   *
   * @param once what the publisher calls it by, should it come again after the node has ended; null
   *     for almost every message
   */
  PublishResult publish(Message message, int flags, @Nullable PublishOnce once);

  /**
   * Sends the open batch.
   *
   * @param batchId chosen by the caller; comes back in {@link SessionEvent.Appended}
   * @return how many shards will answer; 0 when nothing in the batch asked for confirmation
   */
  int flush(long batchId);
}
