package io.serai.gateway.stomp;

import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Publisher;
import io.serai.gateway.Confirms;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client has sent and settled since BEGIN. All of it waits here: at COMMIT every queue gets
 * its messages and settlements or none does. A commit changes nothing when one of its messages may
 * not be published any more or a queue does not take one.
 */
final class Transaction {
  private record Settlement(
      Subscription subscription, long number, Delivery delivery, Outcome outcome) {}

  private final StompOptions options;
  private final Transactions all;

  /** At most {@link io.serai.gateway.HeldBytes#MAX} and the listener's limit of frames. */
  private final List<Message> messages = new ArrayList<>();

  /** As many as the client was delivered, which its prefetch limits. */
  private final List<Settlement> settlements = new ArrayList<>();

  private int frames;
  private long heldBytes;

  /**
   * @param all those of the connection, which together are bounded
   */
  Transaction(StompOptions options, Transactions all) {
    this.options = options;
    this.all = all;
  }

  /** Holds a message that may be published. */
  void add(Message message) {
    count();
    all.hold(message.sizeBytes());
    heldBytes += message.sizeBytes();
    messages.add(message);
  }

  /** One more frame belongs to it. */
  void count() {
    if (++frames > options.maxTransactionFrames()) {
      throw StompErrors.limit(
          "the transaction has more than %d frames, the listener's %s"
              .formatted(options.maxTransactionFrames(), StompOptions.MAX_TRANSACTION_FRAMES));
    }
  }

  /** Holds a settlement; until commit the delivery counts as unsettled for every limit. */
  void add(Subscription subscription, long number, Delivery delivery, Outcome outcome) {
    settlements.add(new Settlement(subscription, number, delivery, outcome));
  }

  /**
   * Publishes and settles everything held; the answer is done once it is stored.
   *
   * @throws ProtocolException when a message's exchange or the permission to write there is gone:
   *     nothing was done
   */
  void commit(
      Answer answer,
      Sender sender,
      Confirms<StompFrame> receipts,
      StompScope scope,
      Effects<StompFrame> out) {
    for (Message message : messages) {
      sender.checkTaken(out.publish(message, Publisher.CHECK, 0), message.address());
    }
    long token =
        receipts.add((isDone, then) -> {
          if (isDone) {
            answer.done(then);
          } else {
            scope.fail(answer, refused(), then);
          }
        });
    out.commit(
        () -> {
          messages.forEach(message -> out.publish(message, 0, 0)); // unroutable: nobody wanted it
          settlements.forEach(held -> out.settle(held.delivery, held.outcome));
        },
        token);
    release();
    settlements.clear();
  }

  private static ProtocolException refused() {
    return StompErrors.of(
        "Message refused",
        "a queue is full, or a delivery is not this connection's any more: nothing of the"
            + " transaction was done",
        "");
  }

  /** Forgets the messages; what was settled is unsettled again and not delivered anew. */
  void abort(Subscriptions subscriptions) {
    release();
    for (Settlement held : settlements) {
      subscriptions.unsettle(held.subscription, held.number, held.delivery);
    }
    settlements.clear();
  }

  private void release() {
    messages.clear();
    all.release(heldBytes);
    heldBytes = 0;
  }
}
