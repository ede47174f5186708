package io.serai.gateway.stomp;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Request;
import io.serai.gateway.Confirms;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Session;
import io.serai.gateway.stomp.StompEncoding.Field;
import io.serai.gateway.stomp.StompFrame.ClientFrame;
import io.serai.gateway.stomp.StompFrame.Heartbeat;
import io.serai.gateway.stomp.StompFrame.ServerFrame;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One STOMP connection: hands each frame to who takes care of it. An error is told in an ERROR
 * frame, which closes the connection unless the frame, or CONNECT, said {@code on-error:keep}.
 * Confined to the connection's event loop.
 */
final class StompSession implements Session<StompFrame> {
  /** The parts of an open connection. */
  private record Parts(
      StompScope scope,
      StompVersion version,
      Confirms<StompFrame> receipts,
      Transactions transactions,
      Subscriptions subscriptions,
      Subscribing subscribing,
      Sender sender) {}

  private final StompOptions options;
  private final StompCodec codec;
  private final Handshake handshake;
  private @Nullable Parts parts;

  /** CONNECT has come. */
  private boolean isConnecting;

  /** DISCONNECT has come; what it waits for is said at {@link #leaveIfSafe}. */
  private @Nullable Answer disconnecting;

  /** Nothing that was sent before DISCONNECT can be lost any more. */
  private boolean isAllSafe;

  private boolean isClosed;

  /**
   * @param randomNames names that nobody was given before and nobody can guess
   */
  StompSession(
      ConnectionInfo info, StompOptions options, StompCodec codec, Supplier<String> randomNames) {
    this.options = options;
    this.codec = codec;
    this.handshake = new Handshake(info, randomNames, this::fail, this::opened);
  }

  private void opened(StompScope scope, StompVersion version) {
    codec.speak(version);
    Confirms<StompFrame> receipts = new Confirms<>();
    Subscriptions subscriptions = new Subscriptions(scope, options);
    Transactions transactions = new Transactions(scope, options, subscriptions);
    parts =
        new Parts(
            scope,
            version,
            receipts,
            transactions,
            subscriptions,
            new Subscribing(scope, version, subscriptions),
            new Sender(scope, receipts, transactions, new TempQueues(scope, subscriptions)));
  }

  // ---- frames

  @Override
  public void onFrame(StompFrame frame, Effects<StompFrame> out) {
    if (!(frame instanceof ClientFrame client) || isClosed || disconnecting != null) {
      return;
    }
    Parts open = parts;
    FrameHead head = client.head();
    try {
      if (open == null) {
        connect(head, out);
      } else if (head.command() == Command.SEND) {
        open.sender.send(client, out);
      } else {
        onFrame(head, Answer.to(head, open.scope.keepsOnError()), open, out);
      }
    } catch (ProtocolException e) {
      fail(Answer.to(head, open != null && open.scope.keepsOnError()), e, out);
    }
  }

  private void connect(FrameHead head, Effects<StompFrame> out) {
    if (!head.command().connects() || isConnecting) {
      throw StompErrors.of(
          "Illegal command", "You must log in using CONNECT first", "STOMP 1.2 Connecting");
    }
    isConnecting = true;
    try {
      handshake.connect(head, out);
    } catch (ProtocolException e) {
      fail(new Answer(head.first("receipt"), false), e, out); // nothing to keep yet
    }
  }

  private void onFrame(FrameHead head, Answer answer, Parts open, Effects<StompFrame> out) {
    switch (head.command()) {
      case SEND, CONNECT, STOMP ->
          throw StompErrors.of(
              "Illegal command", "the connection is open: CONNECT comes once", "STOMP 1.2 CONNECT");
      case SUBSCRIBE -> open.subscribing.subscribe(head, answer, out);
      case UNSUBSCRIBE -> open.subscribing.unsubscribe(head, answer, out);
      case ACK -> settle(head, Outcome.ACCEPTED, answer, open, out);
      case NACK ->
          settle(
              head,
              QueueHeaders.flag(head, "requeue", true) ? Outcome.RETURNED : Outcome.REJECTED,
              answer,
              open,
              out);
      case BEGIN -> open.transactions.begin(head, answer, out);
      case COMMIT -> open.transactions.commit(head, answer, open.sender, open.receipts, out);
      case ABORT -> open.transactions.abort(head, answer, out);
      case DISCONNECT -> {
        disconnecting = answer;
        if (answer.receipt() == null) {
          leaveIfSafe(open, out);
        } else { // it speaks of messages without a receipt, too
          out.ask(
              new Request.AwaitPublished(open.scope.caller()),
              (_, then) -> {
                isAllSafe = true;
                leaveIfSafe(open, then);
              });
        }
      }
    }
  }

  private static void settle(
      FrameHead head, Outcome outcome, Answer answer, Parts open, Effects<StompFrame> out) {
    String id = head.required(open.version == StompVersion.V1_2 ? "id" : "message-id");
    String name = head.first("transaction");
    Transaction transaction = null;
    if (name != null) {
      transaction = open.transactions.open(name);
      transaction.count();
    }
    open.subscriptions.settle(id, outcome, transaction, out);
    answer.done(out);
  }

  /**
   * Whoever asks for a receipt of DISCONNECT gets it once all that was sent is safe and nothing is
   * left behind: what was not acknowledged is in its queues again, and the connection's own queues
   * are gone.
   */
  private void leaveIfSafe(Parts open, Effects<StompFrame> out) {
    Answer answer = disconnecting;
    if (answer == null || isClosed) {
      return;
    }
    if (answer.receipt() == null) {
      close("client_request", out);
    } else if (isAllSafe && open.receipts.isEmpty()) {
      silence();
      out.ask(
          new Request.EndSession(open.scope.caller()),
          (_, then) -> {
            answer.done(then);
            then.close("client_request");
          });
    }
  }

  // ---- events

  @Override
  public void onDeliveries(List<Delivery> deliveries, Effects<StompFrame> out) {
    Parts open = parts;
    if (open != null && !isClosed) {
      open.subscriptions.deliver(deliveries, out);
    }
  }

  @Override
  public void onConfirm(long token, boolean accepted, Effects<StompFrame> out) {
    Parts open = parts;
    if (open != null && !isClosed) {
      open.receipts.confirmed(token, accepted, out);
    }
  }

  @Override
  public void onCommitted(long token, boolean isDone, Effects<StompFrame> out) {
    onConfirm(token, isDone, out);
  }

  @Override
  public void onBatchEnd(Effects<StompFrame> out) {
    Parts open = parts;
    if (open != null && !isClosed) {
      open.subscriptions.grant(out);
      leaveIfSafe(open, out);
    }
  }

  @Override
  public void onWritable(Effects<StompFrame> out) {
    Parts open = parts;
    if (open != null) {
      open.subscriptions.grant(out);
    }
  }

  @Override
  public void onConsumerCancelled(ConsumerRef consumer, Effects<StompFrame> out) {
    Parts open = parts;
    Subscription ended = open == null ? null : open.subscriptions.cancelled(consumer);
    if (open == null || ended == null || isClosed) {
      return;
    }
    boolean keeps = open.scope.keepsOnError();
    String id = ended.tag.id();
    ServerFrame error =
        Answer.NONE.error(
            "Server cancelled subscription",
            "The queue behind "
                + StompErrors.quoted(ended.destination)
                + " was deleted.\nNo more messages will come from it.\n",
            id == null
                ? new Field("destination", ended.destination)
                : new Field("subscription", id));
    out.send(error);
    if (!keeps) {
      close("subscription_cancelled", out);
    }
  }

  @Override
  public void onBrowseEnded(ConsumerRef consumer, Effects<StompFrame> out) {
    Parts open = parts;
    if (open != null && !isClosed) {
      open.subscriptions.browsedAll(consumer, out);
    }
  }

  // ---- heart-beats

  @Override
  public void onReadTimeout(Effects<StompFrame> out) {
    if (disconnecting != null) {
      return; // who has said goodbye only waits for us
    }
    end("Heart-beat timeout", "nothing was received for two heart-beat intervals", out);
    close("keepalive_timeout", out);
  }

  @Override
  public void onWriteIdle(Effects<StompFrame> out) {
    out.send(Heartbeat.HEARTBEAT);
  }

  // ---- errors and the end

  private void fail(Answer to, ProtocolException error, Effects<StompFrame> out) {
    if (!isClosed) {
      out.send(to.error(error));
      if (!to.keeps()) {
        close("error", out);
      }
    }
  }

  @Override
  public void onProtocolError(ProtocolException error, Effects<StompFrame> out) {
    fail(new Answer(codec.receiptUnderway(), false), error, out);
  }

  @Override
  public void onInternalError(Effects<StompFrame> out) {
    end("Internal error", "something failed here while handling the connection", out);
  }

  @Override
  public void onEvicted(String reason, Effects<StompFrame> out) {
    end("Connection closed", reason, out);
    close("evicted", out);
  }

  @Override
  public void onShutdown(Effects<StompFrame> out) {
    end("Server shutdown", "the broker is stopping: connect again later", out);
    close("shutdown", out);
  }

  private void end(String message, String detail, Effects<StompFrame> out) {
    if (!isClosed) {
      out.send(Answer.NONE.error(message, detail + '\n'));
    }
  }

  private void close(String reason, Effects<StompFrame> out) {
    silence();
    out.close(reason);
  }

  @Override
  public void onClosed(Effects<StompFrame> out) {
    silence();
  }

  /** Events and answers that are still awaited change nothing any more. */
  private void silence() {
    isClosed = true;
    Parts open = parts;
    if (open != null) {
      open.scope.close();
    }
  }
}
