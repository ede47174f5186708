package io.serai.gateway.stomp;

import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.gateway.Effects;
import io.serai.model.Address;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client has sent and settled since BEGIN. All of it waits here: at COMMIT each queue gets
 * its messages and settlements together, in one batch. A commit changes nothing when one of its
 * messages may not be published any more.
 */
final class Transaction {
  private record Settlement(
      Subscription subscription, long number, Delivery delivery, Outcome outcome) {}

  private final StompOptions options;
  private final Transactions all;

  /** At most {@link Transactions#MAX_HELD_BYTES} and the listener's limit of frames. */
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
   * @throws io.serai.gateway.ProtocolException when a message's exchange or the permission to write
   *     there is gone: nothing was done
   */
  void commit(
      Answer answer, Sender sender, Receipts receipts, StompScope scope, Effects<StompFrame> out) {
    for (Message message : messages) {
      sender.checkTaken(out.publish(message, Publisher.CHECK, 0), message.address());
    }
    Commit commit = new Commit(answer, scope);
    for (Message message : messages) {
      long token = receipts.add(commit.part(message.address()));
      if (out.publish(message, Publisher.CONFIRM, token) == PublishResult.ROUTED) {
        commit.open++;
      } else {
        receipts.forget(token); // unroutable: nobody wanted it, and nobody lost it
      }
    }
    for (Settlement held : settlements) {
      out.settle(held.delivery, held.outcome);
    }
    release();
    settlements.clear();
    commit.finish(out);
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

  /** A commit whose messages are not all stored. */
  private static final class Commit {
    private final Answer answer;
    private final StompScope scope;
    int open;
    private @Nullable Address refusing;

    Commit(Answer answer, StompScope scope) {
      this.answer = answer;
      this.scope = scope;
    }

    Receipts.Waiting part(Address address) {
      return (accepted, out) -> {
        open--;
        if (!accepted) {
          refusing = address;
        }
        finish(out);
      };
    }

    void finish(Effects<StompFrame> out) {
      Address at = refusing;
      if (open > 0) {
        return;
      }
      if (at == null) {
        answer.done(out);
      } else {
        scope.fail(answer, Sender.refusedBy(at), out);
      }
    }
  }
}
