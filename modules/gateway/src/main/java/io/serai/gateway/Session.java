package io.serai.gateway;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import java.util.List;

/**
 * The state of one connection: frames and broker events in, effects out. Pure: no socket, clock,
 * logger, thread or {@code Vertx}; time and outside help come through {@link Effects}. Confined to
 * the connection's event loop. No method is ever called while another one is running.
 *
 * <p>A {@link ProtocolException} thrown from any method ends the connection by way of {@link
 * #onProtocolError}; any other exception is our fault and is logged and treated as an internal
 * error.
 *
 * @param <F> the protocol's frames
 */
public interface Session<F> {
  /** The transport is open. */
  default void onOpen(Effects<F> out) {}

  /** A frame came in. Not called while an {@link Effects#ask} is outstanding. */
  void onFrame(F frame, Effects<F> out);

  /** Messages for this session's consumers, in order per queue. */
  void onDeliveries(List<Delivery> deliveries, Effects<F> out);

  /**
   * A published message that asked for confirmation is as safe as its durability asks, or was
   * refused by a queue. Called in publish order within what one shard answered.
   *
   * @param token from {@link Effects#publish}
   */
  void onConfirm(long token, boolean accepted, Effects<F> out);

  /**
   * A published message that asked for confirmation had somewhere to go, but not any more: the
   * queues it was for have gone on its way there, or while it waited for memory. Comes in place of
   * {@link #onConfirm}, which protocols that tell nobody of such messages, or did so when it came,
   * leave it at.
   */
  default void onUnrouted(long token, Effects<F> out) {
    onConfirm(token, true, out);
  }

  /**
   * A published message that asked for confirmation was in a queue before, which does not take it
   * again. Comes before {@link #onConfirm}, once for each shard that says so.
   */
  default void onRepeat(long token, Effects<F> out) {}

  /**
   * A note is safe.
   *
   * @param token from {@link Effects#note}
   */
  default void onNoted(long token, Effects<F> out) {}

  /**
   * A commit is done.
   *
   * @param token from {@link Effects#commit}
   * @param isDone false when a queue refused its part: nothing was published or settled, and what
   *     was to be settled has gone back to its queue
   */
  default void onCommitted(long token, boolean isDone, Effects<F> out) {}

  /**
   * Whether the peer, which is known by its address only, waits for something, so that others are
   * forgotten first when there are too many.
   */
  default boolean isAnchored() {
    return false;
  }

  /** A group of confirms or deliveries has been handed over: send what was coalesced. */
  default void onBatchEnd(Effects<F> out) {}

  /** What {@link Effects#ask} or {@link Effects#authenticate} was to go on with has run. */
  default void onAnswerHandled(Effects<F> out) {}

  /** A consumer with shared credit has messages waiting and no credit. */
  default void onReady(ConsumerRef consumer, Effects<F> out) {}

  /** Credit granted with drain was not used. */
  default void onDrained(ConsumerRef consumer, int unused, Effects<F> out) {}

  /** The queue under a consumer was deleted. */
  default void onConsumerCancelled(ConsumerRef consumer, Effects<F> out) {}

  /** A consumer that only reads has read everything and is detached. */
  default void onBrowseEnded(ConsumerRef consumer, Effects<F> out) {
    onConsumerCancelled(consumer, out);
  }

  /**
   * A consumer has left a delivery unsettled for longer than its queue allows. Protocols that have
   * no word for it take no notice.
   */
  default void onAckTimedOut(ConsumerRef consumer, long timeoutMillis, Effects<F> out) {}

  /** Another connection claims the client id: say so, release it and close. */
  default void onTakenOver(String clientId, long epoch, Effects<F> out) {}

  /** Publishing is held back because of {@code reason}; tell the peer if the protocol can. */
  default void onPublishersBlocked(String reason, Effects<F> out) {}

  /** Publishing may go on. */
  default void onPublishersUnblocked(Effects<F> out) {}

  /** What was sent has drained after {@link Effects#isWritable} was false. */
  default void onWritable(Effects<F> out) {}

  /** Nothing was received for the time set with {@link Effects#keepalive}. */
  void onReadTimeout(Effects<F> out);

  /** Nothing was sent for the time set with {@link Effects#keepalive}. */
  default void onWriteIdle(Effects<F> out) {}

  /** The time set with {@link Effects#wakeAt} has come. */
  default void onWake(Effects<F> out) {}

  /** The peer broke the protocol: send its error, if it has one, and close. */
  void onProtocolError(ProtocolException error, Effects<F> out);

  /** Something of ours failed while handling this connection; it closes after this. */
  default void onInternalError(Effects<F> out) {}

  /**
   * An administrator ends this connection, for instance because its user is gone: say so in the
   * protocol's words and close.
   *
   * @param reason for people
   */
  default void onEvicted(String reason, Effects<F> out) {
    onShutdown(out);
  }

  /**
   * The peer sent more than its listener takes, and the listener ends such connections: say so and
   * close.
   */
  default void onRateExceeded(Effects<F> out) {
    onEvicted("more messages or bytes a second than this listener takes", out);
  }

  /** The node shuts down: say so in the protocol's words and close. */
  void onShutdown(Effects<F> out);

  /**
   * The transport is gone. Sends go nowhere; publishes (wills) and {@link Effects#tell} still work.
   */
  void onClosed(Effects<F> out);
}
