package io.serai.bus;

import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/**
 * What a store is to know about one thing under way in a durable client session, beside the
 * session's {@link SessionRecord}. Comes back in {@link Request.SessionClaim#notes} after the node
 * has ended without a word.
 */
public sealed interface SessionNote {
  SessionItem item();

  /**
   * How far it is; takes the place of what was noted of it before.
   *
   * @param state the gateway's own
   * @param value the gateway's own
   * @param message null unless it is about a message that nobody else may get any more
   */
  record Keep(SessionItem item, int state, long value, @Nullable Claimed message)
      implements SessionNote {
    /** Of what may go to others as well when the session does not go on. */
    public Keep(SessionItem item, int state, long value) {
      this(item, state, value, null);
    }
  }

  /**
   * A message out of a queue that others read, too, and that is this session's or nobody's from now
   * on: after the node has ended without a word the queue does not have it any more.
   */
  sealed interface Claimed {
    /** How the session takes it. */
    MatchData match();

    /** It is in its queue, and goes when it is settled. */
    record InQueue(Delivery delivery, MatchData match) implements Claimed {}

    /** The queue let go of it when the node ended. */
    record Whole(Message message, MatchData match) implements Claimed {}
  }

  /** It is over: what {@link Keep} noted goes. */
  record Drop(SessionItem item) implements SessionNote {}

  /** The publish of that number cannot come again: what {@link PublishOnce} left goes. */
  record Released(SessionItem item) implements SessionNote {}
}
