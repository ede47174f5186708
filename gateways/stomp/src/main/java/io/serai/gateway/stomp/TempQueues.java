package io.serai.gateway.stomp;

import io.serai.bus.ConsumerView;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.serai.gateway.Effects;
import io.serai.gateway.Then;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code /temp-queue/x} in a reply-to: a queue of the connection's own, made and subscribed to when
 * the name is first used, and the address others answer to. Gone with the connection.
 */
final class TempQueues {
  private final StompScope scope;
  private final Subscriptions subscriptions;

  /** Real addresses by the name the client uses; as many as it may have subscriptions. */
  private final Map<String, String> addresses = new HashMap<>(0);

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
    String known = addresses.get(destination);
    if (known != null && subscriptions.isOpen(destination)) {
      then.accept(known, out);
      return;
    }
    Subscription subscription =
        subscriptions.create(
            destination, destination, destination, AckMode.AUTO, 0, ConsumerView.ALL);
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
              (_, attached) -> {
                String address = StompDestination.ofReplies(queue);
                addresses.put(destination, address);
                then.accept(address, attached);
              });
        });
  }
}
