package io.serai.gateway;

import io.serai.bus.Caller;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Principal;
import io.serai.bus.PublishOnce;
import io.serai.bus.PublishResult;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionNote;
import io.serai.model.Message;
import io.serai.model.Origin;
import org.jspecify.annotations.Nullable;

/**
 * What a session may cause. Handed to each of its methods and valid during that call only. Frames
 * are encoded at once and written together when the turn ends.
 *
 * @param <F> the protocol's frames
 */
public interface Effects<F> {
  /** Sends a frame to the peer. */
  void send(F frame);

  /**
   * Has another session take this one's place, for protocols whose first frame says which that is.
   * It is opened, and told if publishing is held back; whatever comes after this goes to it.
   */
  void become(Session<F> next);

  /**
   * Opens the way to the broker for an authenticated user; needed before {@link #publish} and
   * {@link #ask}. Ends the listener's connect timeout.
   *
   * @return the caller to put into requests, or null when the vhost does not exist or the user may
   *     not enter it
   */
  @Nullable Caller enter(Principal principal, Origin origin);

  /**
   * The client is in and was told so: whoever watches clients hears of it, and of its end.
   *
   * @param keepAliveSeconds in force, 0 for none
   * @param expirySeconds how long its session outlives the connection
   */
  void welcomed(Origin origin, int keepAliveSeconds, boolean cleanStart, long expirySeconds);

  /**
   * Ends the listener's connect timeout without a login: for protocols whose peers may ask for
   * something before they say who they are.
   */
  void stay();

  /** Whether the vhost exists, to say which of the two reasons {@link #enter} had for null. */
  boolean hasVhost(String vhost);

  /**
   * Whether this client is kept out for a while; ask between {@link #authenticate} and {@link
   * #enter}, so that nobody has another user's client kept out.
   */
  boolean isBanned(Origin origin);

  /** Checks credentials off the loop; input is held until {@code then} has run. */
  void authenticate(Credentials credentials, Then<AuthResult, F> then);

  /**
   * Routes a message now; it reaches its queues when the read ends.
   *
   * @param flags {@link io.serai.bus.Publisher#CONFIRM} and {@link io.serai.bus.Publisher#RETAIN}
   * @param token comes back in {@link Session#onConfirm} when CONFIRM is set and the answer is
   *     {@link PublishResult#ROUTED}, or in {@link Session#onUnrouted}; for any other answer the
   *     session confirms by itself
   */
  PublishResult publish(Message message, int flags, long token);

  /**
   * As {@link #publish(Message, int, long)} for a message that the client may send again after the
   * node has ended: each durable queue gets it once all the same.
   */
  PublishResult publishOnce(Message message, int flags, long token, PublishOnce once);

  /**
   * Has the broker note how far something under way in a durable session is. Needs no room and
   * waits behind no publish.
   *
   * @param beside the queue whose settles of this call are stored together with the note; null when
   *     there are none
   * @param token comes back in {@link Session#onNoted} once the note is safe
   */
  void note(@Nullable QueueRef beside, SessionNote note, long token);

  /** Settles a delivery. */
  void settle(Delivery delivery, Outcome outcome);

  /**
   * Has what {@code parts} publishes and settles take effect in every queue or in none, also when
   * the node ends without a word in the middle. It may be done with later than what follows it.
   *
   * @param parts run at once; its publishes ask for no confirmation of their own
   * @param token comes back in {@link Session#onCommitted}; commits are answered in order
   */
  void commit(Runnable parts, long token);

  /** Adds credit to a consumer; with {@code drain} what is not used at once comes back. */
  void grant(ConsumerRef consumer, int credit, boolean drain);

  /**
   * Asks the broker for something. Input of this connection is held until {@code then} has run, so
   * later frames see its effect.
   */
  <R> void ask(Request<R> request, Then<Result<R>, F> then);

  /** Asks without waiting for the answer. */
  void tell(Request<?> request);

  /**
   * Sets the two idle limits; 0 switches one off. Any received byte counts, as does any sent one.
   *
   * @param readTimeoutMillis silence after which {@link Session#onReadTimeout} is called
   * @param writeIdleMillis silence after which {@link Session#onWriteIdle} is called, repeatedly
   */
  void keepalive(long readTimeoutMillis, long writeIdleMillis);

  /** Whether the peer takes what is sent; when false, stop granting credit until onWritable. */
  boolean isWritable();

  /**
   * Sets when {@link Session#onWake} is called, once, in place of what was set before; up to 100 ms
   * late.
   *
   * @param millis by {@link #clockMillis}; {@link Long#MAX_VALUE} for never
   */
  void wakeAt(long millis);

  /** A clock that is never set, in milliseconds, constant during one turn: for deadlines. */
  long clockMillis();

  /** The time, milliseconds since 1970, constant during one turn. */
  long nowMillis();

  /**
   * Sends what was collected and closes. Nothing more is read.
   *
   * @param reason short and stable, for the log: {@code client_request}, {@code keepalive_timeout}
   */
  void close(String reason);
}
