package io.serai.gateway.stomp;

import io.serai.gateway.Confirms;
import io.serai.gateway.Effects;
import io.serai.gateway.HeldBytes;
import io.serai.gateway.ProtocolException;
import java.util.LinkedHashMap;
import java.util.Map;

/** BEGIN, COMMIT and ABORT: a connection's open transactions by name. */
final class Transactions {
  private static final String HEADER = "transaction";

  private final StompScope scope;
  private final StompOptions options;
  private final Subscriptions subscriptions;

  /** At most {@link StompOptions#maxTransactions}. */
  private final Map<String, Transaction> open = new LinkedHashMap<>(0);

  private final HeldBytes held = new HeldBytes();

  Transactions(StompScope scope, StompOptions options, Subscriptions subscriptions) {
    this.scope = scope;
    this.options = options;
    this.subscriptions = subscriptions;
  }

  void begin(FrameHead head, Answer answer, Effects<StompFrame> out) {
    String name = head.required(HEADER);
    if (open.containsKey(name)) {
      throw StompErrors.of(
          "Duplicate transaction", "transaction " + StompErrors.quoted(name) + " is open", "");
    }
    if (open.size() >= options.maxTransactions()) {
      throw StompErrors.limit(
          "more than %d transactions are open, the listener's %s"
              .formatted(options.maxTransactions(), StompOptions.MAX_TRANSACTIONS));
    }
    open.put(name, new Transaction(options, this));
    answer.done(out);
  }

  /** Its parts are published and settled; it is over whatever comes of them. */
  void commit(
      FrameHead head,
      Answer answer,
      Sender sender,
      Confirms<StompFrame> receipts,
      Effects<StompFrame> out) {
    Transaction transaction = close(head);
    try {
      transaction.commit(answer, sender, receipts, scope, out);
    } catch (ProtocolException e) {
      transaction.abort(subscriptions);
      throw e;
    }
  }

  void abort(FrameHead head, Answer answer, Effects<StompFrame> out) {
    close(head).abort(subscriptions);
    answer.done(out);
  }

  private Transaction close(FrameHead head) {
    String name = head.required(HEADER);
    Transaction transaction = open(name);
    open.remove(name);
    return transaction;
  }

  /**
   * The open transaction of that name.
   *
   * @throws ProtocolException when there is none
   */
  Transaction open(String name) {
    Transaction transaction = open.get(name);
    if (transaction == null) {
      throw StompErrors.of(
          "Bad transaction",
          "transaction " + StompErrors.quoted(name) + " is not open: BEGIN it first",
          "");
    }
    return transaction;
  }

  /**
   * One of them is to hold a message.
   *
   * @throws ProtocolException when all that is held would be too much
   */
  void hold(long bytes) {
    if (!held.tryHold(bytes)) {
      throw StompErrors.limit(
          "the connection's transactions hold more than %d bytes of messages"
              .formatted(HeldBytes.MAX));
    }
  }

  /** What one of them held is published or forgotten. */
  void release(long bytes) {
    held.release(bytes);
  }
}
