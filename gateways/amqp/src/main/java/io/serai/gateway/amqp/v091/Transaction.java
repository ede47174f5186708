package io.serai.gateway.amqp.v091;

import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Publisher;
import io.serai.gateway.Effects;
import io.serai.gateway.HeldBytes;
import io.serai.gateway.ProtocolException;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * What a transactional channel has published and settled since its last commit (AMQP 0-9-1 §1.9).
 * All of it waits here: at commit every queue gets its messages and settlements or none does, and
 * commit-ok follows once all of it is stored. A commit changes nothing when one of its messages may
 * not be published any more or a queue does not take one.
 */
final class Transaction {
  private record Publish(Message message, int flags, boolean isMandatory) {}

  private record Settlement(long tag, Delivery delivery, Outcome outcome) {}

  private final Channel channel;
  private final ChannelPublisher publisher;
  private final Unacked unacked;
  private final HeldBytes connectionHeld;

  /** Bounded over all channels of the connection; more closes the channel. */
  private final List<Publish> publishes = new ArrayList<>();

  private long heldBytes;

  /** As many as the client was delivered, which its prefetch limits. */
  private final List<Settlement> settlements = new ArrayList<>();

  /** Commits not answered yet; more than one only if a client does not wait. */
  private int committing;

  /**
   * @param connectionHeld what all transactions of the connection hold
   */
  Transaction(
      Channel channel, ChannelPublisher publisher, Unacked unacked, HeldBytes connectionHeld) {
    this.channel = channel;
    this.publisher = publisher;
    this.unacked = unacked;
    this.connectionHeld = connectionHeld;
  }

  /** Holds a message that may be published. */
  void add(Message message, int flags, boolean isMandatory) {
    if (!connectionHeld.tryHold(message.sizeBytes())) {
      throw ReplyCode.PRECONDITION_FAILED.because(
          "the connection's transactions hold more than " + HeldBytes.MAX + " bytes of messages",
          "AMQP 0-9-1 §1.9");
    }
    heldBytes += message.sizeBytes();
    publishes.add(new Publish(message, flags, isMandatory));
  }

  /** Holds a settlement; until commit the delivery counts as unsettled for every limit. */
  void add(long tag, Delivery delivery, Outcome outcome) {
    settlements.add(new Settlement(tag, delivery, outcome));
  }

  /**
   * Publishes and settles everything held, and answers when all of it is stored.
   *
   * @throws ProtocolException when a message's exchange or the permission to write there is gone:
   *     nothing was done
   */
  void commit(Effects<Amqp091Frame> out) {
    for (Publish held : publishes) {
      publisher.checkTaken(
          out.publish(held.message, held.flags | Publisher.CHECK, 0), held.message);
    }
    if (publishes.isEmpty() && settlements.isEmpty() && committing == 0) {
      out.send(new TxMethod.CommitOk(channel.number()));
      return;
    }
    committing++;
    out.commit(() -> hand(out), channel.confirmToken(0));
    forgetPublishes();
    settlements.clear();
  }

  private void forgetPublishes() {
    publishes.clear();
    connectionHeld.release(heldBytes);
    heldBytes = 0;
  }

  private void hand(Effects<Amqp091Frame> out) {
    for (Publish held : publishes) {
      publisher.settleAtOnce(
          out.publish(held.message, held.flags, 0), held.isMandatory, held.message, out);
    }
    for (Settlement held : settlements) {
      unacked.settleNow(held.delivery, held.outcome, out);
    }
  }

  /** Forgets the messages; what was settled is unsettled again and not delivered anew. */
  void rollback() {
    forgetPublishes();
    for (Settlement held : settlements) {
      unacked.putBack(held.tag, held.delivery);
    }
    settlements.clear();
  }

  /** The channel closes: everything settled and not committed goes back to its queue. */
  void abandon(Effects<Amqp091Frame> out) {
    forgetPublishes();
    for (Settlement held : settlements) {
      unacked.settleNow(held.delivery, Outcome.RETURNED, out);
    }
    settlements.clear();
  }

  /** A commit is stored, or was refused and has changed nothing. */
  void onCommitted(boolean isDone, Effects<Amqp091Frame> out) {
    committing--;
    if (isDone) {
      out.send(new TxMethod.CommitOk(channel.number()));
    } else {
      ProtocolException refused =
          ReplyCode.PRECONDITION_FAILED.because(
              "commit refused: a queue is full, or a delivery is not this channel's any more;"
                  + " nothing was published or acknowledged",
              "AMQP 0-9-1 §1.9.2.5");
      channel.fail(refused, TxMethod.Commit.ID, out);
    }
  }
}
