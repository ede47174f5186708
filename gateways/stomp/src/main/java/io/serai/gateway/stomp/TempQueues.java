package io.serai.gateway.stomp;

import io.serai.bus.ConsumerView;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.serai.bus.StreamRead;
import io.serai.gateway.Effects;
import io.serai.gateway.Then;

/**
 * {@code /temp-queue/x} in a reply-to: a queue of the connection's own, made and subscribed to when
 * the name is first used, and the address others answer to. Gone with the connection.
 */
final class TempQueues {
  private final StompScope scope;
  private final Subscriptions subscriptions;

  TempQueues(StompScope scope, Subscriptions subscriptions) {
    this.scope = scope;
    this.subscriptions = subscriptions;
  }

  /**
   * The address to write in place of {@code destination}; answers come as MESSAGE frames whose
   * subscription is {@code destination} itself, as in RabbitMQ.
   */
  void address(
      String destination, Answer answer, Effects<StompFrame> out, Then<String, StompFrame> then) {
    Subscription known = subscriptions.open(destination);
    // SUBSCRIBE may use the name as an id, but never has the destination.
    if (known != null && known.destination.equals(destination)) {
      then.accept(StompDestination.ofReplies(known.queue), out);
      return;
    }
    Subscription subscription =
        subscriptions.create(
            destination,
            destination,
            destination,
            AckMode.AUTO,
            0,
            ConsumerView.ALL,
            StreamRead.NEXT);
    scope.ask(
        new Request.DeclareQueue(
            scope.caller(),
            new QueueSpec(
                "",
                QueueKind.CLASSIC,
                Lifetime.EXCLUSIVE,
                true,
                Request.noArguments(),
                Source.CLIENT)),
        answer,
        out,
        (info, declared) -> {
          String queue = info.queue().name();
          subscription.queue = queue;
          subscriptions.consume(
              subscription,
              0,
              answer,
              declared,
              (_, attached) -> then.accept(StompDestination.ofReplies(queue), attached));
        });
  }
}
