package io.serai.gateway.stomp;

import io.serai.bus.Principal;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.gateway.Confirms;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Then;
import io.serai.gateway.stomp.StompFrame.ClientFrame;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Value;
import java.util.HashMap;
import java.util.Map;

/**
 * SEND: publishes at once, or holds the message for its transaction. A receipt is answered when the
 * message is as safe as its durability asks.
 */
final class Sender {
  private static final String IMPERSONATOR = "impersonator";

  /** Declarations remembered; beyond that they are made again, which changes nothing. */
  private static final int MAX_DECLARED = 1000;

  private final StompScope scope;
  private final Confirms<StompFrame> receipts;
  private final Transactions transactions;
  private final TempQueues tempQueues;

  /** Queues declared for SENDs with {@code x-} headers, with the arguments they then had. */
  private final Map<String, Value.MapOf> declared = new HashMap<>(0);

  Sender(
      StompScope scope,
      Confirms<StompFrame> receipts,
      Transactions transactions,
      TempQueues tempQueues) {
    this.scope = scope;
    this.receipts = receipts;
    this.transactions = transactions;
    this.tempQueues = tempQueues;
  }

  void send(ClientFrame frame, Effects<StompFrame> out) {
    SendTarget known = frame.head().target;
    if (known != null) {
      send(known, frame, out);
      return;
    }
    resolve(frame.head(), out, (target, then) -> send(target, frame, then));
  }

  // ---- where it goes

  private void resolve(FrameHead head, Effects<StompFrame> out, Then<SendTarget, StompFrame> then) {
    Answer answer = Answer.to(head, scope.keepsOnError());
    String text = head.required("destination");
    Address address;
    boolean declares = false;
    boolean isShaped = false;
    Value.MapOf arguments = Request.noArguments();
    switch (Destination.required(text)) {
      case Destination.Queue(String name, boolean mayDeclare) -> {
        address = Address.ofQueue(name);
        declares = mayDeclare;
        if (declares) {
          arguments = QueueHeaders.arguments(head);
          isShaped = !arguments.entries().isEmpty();
        }
      }
      case Destination.Exchange(Address at) -> address = at;
      case Destination.TempQueue _ ->
          throw StompErrors.of(
              "Invalid destination",
              StompErrors.quoted(text) + " is for reply-to only: answer to the reply-to you got",
              "");
      case Destination.Stream(String name) -> {
        address = Address.ofQueue(name);
        declares = true;
        arguments = StreamHeaders.arguments(head);
        isShaped = arguments.entries().size() > 1;
      }
    }
    StompEncoding encoding = StompEncoding.of(head.fields());
    checkUserId(encoding);
    SendTarget target =
        new SendTarget(
            address, encoding, declares, isShaped, arguments, head.first("transaction"), answer);
    String replyTo = encoding.first(StompMapping.REPLY_TO);
    if (replyTo != null && Destination.of(replyTo) instanceof Destination.TempQueue) {
      tempQueues.address(
          replyTo,
          answer,
          out,
          (real, opened) ->
              then.accept(
                  new SendTarget(
                      target.address(),
                      encoding.with(StompMapping.REPLY_TO, real),
                      target.declares(),
                      target.isShaped(),
                      target.arguments(),
                      target.transaction(),
                      answer),
                  opened));
    } else {
      head.target = target; // not with a temp queue: that may be gone by the next time
      then.accept(target, out);
    }
  }

  /** A user-id header must tell the truth, unless the user may speak for others. */
  private void checkUserId(StompEncoding encoding) {
    String claimed = encoding.first("user-id");
    Principal user = scope.caller().principal();
    if (claimed != null && !claimed.equals(user.user()) && !user.tags().contains(IMPERSONATOR)) {
      throw StompErrors.of(
          "precondition_failed",
          "PRECONDITION_FAILED - user_id property set to '%s' but authenticated user was '%s'"
              .formatted(claimed, user.user()),
          "");
    }
  }

  // ---- publishing

  private void send(SendTarget target, ClientFrame frame, Effects<StompFrame> out) {
    Message message =
        new Message(
            target.address(), target.encoding(), frame.body(), scope.origin(), out.nowMillis());
    String transaction = target.transaction();
    if (target.isShaped() && !isDeclared(target)) {
      declare(target, message, out);
    } else if (transaction != null) {
      hold(target, message, transaction, out);
    } else {
      publish(target, message, target.declares(), out);
    }
  }

  private void publish(
      SendTarget target, Message message, boolean mayDeclare, Effects<StompFrame> out) {
    Answer answer = target.answer();
    PublishResult result;
    if (answer.receipt() == null) {
      result = out.publish(message, 0, 0);
    } else {
      long token = receipts.add((accepted, then) -> confirmed(target, accepted, then));
      result = out.publish(message, Publisher.CONFIRM, token);
      if (result != PublishResult.ROUTED) {
        receipts.forget(token);
      }
    }
    if (result == PublishResult.ROUTED) {
      return;
    }
    if (result == PublishResult.UNROUTABLE && mayDeclare) {
      declare(target, message, out);
      return;
    }
    checkTaken(result, target.address());
    answer.done(out); // nobody wanted it, and nobody lost it
  }

  private void confirmed(SendTarget target, boolean accepted, Effects<StompFrame> out) {
    if (accepted) {
      target.answer().done(out);
    } else {
      scope.fail(target.answer(), refusedBy(target.address()), out);
    }
  }

  /** The error for a message that a queue did not take. */
  static ProtocolException refusedBy(Address address) {
    return StompErrors.of(
        "Message refused",
        "a queue behind %s did not take the message: it is full, or could not store it"
            .formatted(StompErrors.quoted(StompDestination.of(address))),
        "");
  }

  private void hold(SendTarget target, Message message, String name, Effects<StompFrame> out) {
    Transaction transaction = transactions.open(name);
    PublishResult result = out.publish(message, Publisher.CHECK, 0);
    if (result == PublishResult.UNROUTABLE && target.declares()) {
      declare(target, message, out);
      return;
    }
    checkTaken(result, target.address());
    transaction.add(message);
    target.answer().done(out); // taken into the transaction
  }

  /**
   * Whether a message may be published where it wants to go, found or not.
   *
   * @throws ProtocolException not_found or access_refused
   */
  void checkTaken(PublishResult result, Address address) {
    Result.Refused<?> refused = result.refusal(address, scope.caller());
    if (refused != null) {
      throw StompScope.refused(refused.reason(), refused.text());
    }
  }

  // ---- queues that are declared by sending to them

  private boolean isDeclared(SendTarget target) {
    return target.arguments().equals(declared.get(target.address().topic().toString()));
  }

  /** Declares the queue, then publishes what was to go there. */
  private void declare(SendTarget target, Message message, Effects<StompFrame> out) {
    String queue = target.address().topic().toString();
    scope.ask(
        new Request.DeclareQueue(
            scope.caller(), QueueHeaders.shared(queue, null, target.arguments())),
        target.answer(),
        out,
        (_, then) -> {
          if (target.isShaped()) {
            if (declared.size() >= MAX_DECLARED) {
              declared.clear();
            }
            declared.put(queue, target.arguments());
          }
          if (target.transaction() == null) {
            publish(target, message, false, then);
          } else {
            transactions.open(target.transaction()).add(message);
            target.answer().done(then);
          }
        });
  }
}
