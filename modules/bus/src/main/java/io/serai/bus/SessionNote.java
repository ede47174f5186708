package io.serai.bus;

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
   */
  record Keep(SessionItem item, int state, long value) implements SessionNote {}

  /** It is over: what {@link Keep} noted goes. */
  record Drop(SessionItem item) implements SessionNote {}

  /** The publish of that number cannot come again: what {@link PublishOnce} left goes. */
  record Released(SessionItem item) implements SessionNote {}
}
