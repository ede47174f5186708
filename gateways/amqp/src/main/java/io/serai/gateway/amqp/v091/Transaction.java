package io.serai.gateway.amqp.v091;

import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.model.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What a transactional channel has published and settled since its last commit (AMQP 0-9-1 §1.9).
 * All of it waits here: at commit each queue gets its messages and settlements together, in one
 * batch, and commit-ok follows once every message is stored. A commit changes nothing when one of
 * its messages may not be published any more.
 */
final class Transaction {
  /** Heap bytes of messages that one transaction may hold; one message may always be held. */
  static final long MAX_HELD_BYTES = 128L * 1024 * 1024;

  private record Publish(Message message, int flags, boolean isMandatory) {}

  private record Settlement(long tag, Delivery delivery, Outcome outcome) {}

  /** A commit whose messages are not all stored: confirms {@code first} to {@code last} are its. */
  private static final class Commit {
    final long first;
    long last;
    int open;
    boolean isPartial;

    Commit(long first) {
      this.first = first;
    }
  }

  private final Channel channel;
  private final ChannelPublisher publisher;
  private final Unacked unacked;

  /** At most {@link #MAX_HELD_BYTES}; more closes the channel. */
  private final List<Publish> publishes = new ArrayList<>();

  private long heldBytes;

  /** As many as the client was delivered, which its prefetch limits. */
  private final List<Settlement> settlements = new ArrayList<>();

  /** Commits not answered yet, in order; more than one only if a client does not wait. */
  private final Deque<Commit> committing = new ArrayDeque<>(1);

  private long lastNumber;

  Transaction(Channel channel, ChannelPublisher publisher, Unacked unacked) {
    this.channel = channel;
    this.publisher = publisher;
    this.unacked = unacked;
  }

  /** Holds a message that may be published. */
  void add(Message message, int flags, boolean isMandatory) {
    heldBytes += message.sizeBytes();
    if (heldBytes > MAX_HELD_BYTES && !publishes.isEmpty()) {
      throw ReplyCode.PRECONDITION_FAILED.because(
          "transaction holds more than " + MAX_HELD_BYTES + " bytes of messages",
          "AMQP 0-9-1 §1.9");
    }
    publishes.add(new Publish(message, flags, isMandatory));
  }

  /** Holds a settlement; until commit the delivery counts as unsettled for every limit. */
  void add(long tag, Delivery delivery, Outcome outcome) {
    settlements.add(new Settlement(tag, delivery, outcome));
  }

  /**
   * Publishes and settles everything held, and answers when it is stored.
   *
   * @throws ProtocolException when a message's exchange or the permission to write there is gone:
   *     nothing was done; or when a queue refused one
   */
  void commit(Effects<Amqp091Frame> out) {
    for (Publish held : publishes) {
      publisher.checkTaken(
          out.publish(held.message, held.flags | Publisher.CHECK, 0), held.message);
    }
    Commit commit = new Commit(lastNumber + 1);
    for (Publish held : publishes) {
      publish(held, commit, out);
    }
    commit.last = lastNumber;
    publishes.clear();
    heldBytes = 0;
    for (Settlement held : settlements) {
      unacked.settleNow(held.delivery, held.outcome, out);
    }
    settlements.clear();
    committing.add(commit);
    answer(out);
  }

  private void publish(Publish held, Commit commit, Effects<Amqp091Frame> out) {
    PublishResult result =
        out.publish(
            held.message, held.flags | Publisher.CONFIRM, channel.confirmToken(lastNumber + 1));
    if (result == PublishResult.ROUTED) {
      lastNumber++;
      commit.open++;
    } else {
      publisher.settleAtOnce(result, held.isMandatory, held.message, out);
    }
  }

  /** Forgets the messages; what was settled is unsettled again and not delivered anew. */
  void rollback() {
    publishes.clear();
    heldBytes = 0;
    for (Settlement held : settlements) {
      unacked.putBack(held.tag, held.delivery);
    }
    settlements.clear();
  }

  /** The channel closes: everything settled and not committed goes back to its queue. */
  void abandon(Effects<Amqp091Frame> out) {
    publishes.clear();
    for (Settlement held : settlements) {
      unacked.settleNow(held.delivery, Outcome.RETURNED, out);
    }
    settlements.clear();
  }

  /** A committed message was stored or refused. */
  void onConfirm(long number, boolean accepted, Effects<Amqp091Frame> out) {
    for (Commit commit : committing) {
      if (number >= commit.first && number <= commit.last) {
        commit.open--;
        commit.isPartial |= !accepted;
        break;
      }
    }
    try {
      answer(out);
    } catch (ProtocolException e) {
      channel.fail(e, TxMethod.Commit.ID, out);
    }
  }

  private void answer(Effects<Amqp091Frame> out) {
    for (Commit oldest = committing.peek();
        oldest != null && oldest.open == 0;
        oldest = committing.peek()) {
      committing.remove();
      if (oldest.isPartial) {
        throw ReplyCode.PRECONDITION_FAILED.because("partial tx completion", "AMQP 0-9-1 §1.9.2.5");
      }
      out.send(new TxMethod.CommitOk(channel.number()));
    }
  }
}
