package io.serai.gateway.stomp;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Request;
import io.serai.bus.StreamRead;
import io.serai.gateway.CreditWindow;
import io.serai.gateway.Effects;
import io.serai.gateway.Then;
import io.serai.gateway.stomp.StompEncoding.Field;
import io.serai.gateway.stomp.StompFrame.Messages;
import io.serai.gateway.stomp.StompFrame.ServerFrame;
import io.serai.model.Body;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection's subscriptions: attaching them to their queues and what is delivered to them. How
 * one is opened, from SUBSCRIBE to its queue, is {@link Subscribing}'s. Confined to the
 * connection's event loop.
 */
final class Subscriptions {
  /** Body bytes after which a run is handed over, so that what is encoded can leave. */
  private static final int MAX_RUN_BYTES = 64 * 1024;

  private final StompScope scope;
  private final StompOptions options;

  /** Open ones by the client's name for them; at most {@link StompOptions#maxSubscriptions}. */
  private final Map<String, Subscription> byName = new LinkedHashMap<>(4);

  /** Open ones by consumer id, and ended ones of which something is not acknowledged. */
  private final IntObjectMap<Subscription> byId = new IntObjectHashMap<>(4);

  /** Those whose window is half used up; each is in it once. */
  private final List<Subscription> toGrant = new ArrayList<>(2);

  private int lastConsumerId;

  Subscriptions(StompScope scope, StompOptions options) {
    this.scope = scope;
    this.options = options;
  }

  // ---- opening

  /**
   * A subscription that is not attached yet.
   *
   * @param id the {@code subscription} header of its messages, null for none
   * @throws io.serai.gateway.ProtocolException when the name is taken or there are too many
   */
  Subscription create(
      String name,
      @Nullable String id,
      String destination,
      AckMode ackMode,
      int prefetch,
      ConsumerView view,
      StreamRead stream) {
    if (byName.containsKey(name)) {
      throw StompErrors.of(
          "Duplicated subscription identifier",
          "A subscription identified by %s already exists.".formatted(StompErrors.quoted(name)),
          "STOMP 1.2 SUBSCRIBE id Header");
    }
    if (byName.size() >= options.maxSubscriptions()) {
      throw StompErrors.limit(
          "the connection has %d subscriptions, the listener's %s"
              .formatted(options.maxSubscriptions(), StompOptions.MAX_SUBSCRIPTIONS));
    }
    do {
      lastConsumerId = lastConsumerId == Integer.MAX_VALUE ? 1 : lastConsumerId + 1;
    } while (byId.containsKey(lastConsumerId));
    String prefix = scope.sessionName() + '-' + lastConsumerId + '-';
    return new Subscription(
        name,
        destination,
        lastConsumerId,
        new SubscriptionTag(id, prefix, ackMode != AckMode.AUTO),
        ackMode,
        prefetch,
        view,
        stream);
  }

  /** Attaches it to its queue, then is ready for deliveries. */
  void consume(
      Subscription subscription,
      int priority,
      Answer answer,
      Effects<StompFrame> out,
      Then<ConsumerRef, StompFrame> onOk) {
    scope.ask(
        request(subscription, priority),
        answer,
        out,
        (ref, then) -> {
          attached(subscription, ref);
          onOk.accept(ref, then);
        });
  }

  Request.Consume request(Subscription subscription, int priority) {
    CreditMode mode = subscription.creditMode();
    return new Request.Consume(
        scope.caller(),
        subscription.queue,
        subscription.consumerId,
        new ConsumerOptions(
            subscription.name,
            subscription.isNoAck(),
            false,
            priority,
            mode,
            mode == CreditMode.PER_SETTLE ? subscription.prefetch : CreditWindow.FIRST,
            subscription.view,
            subscription.stream));
  }

  void attached(Subscription subscription, ConsumerRef ref) {
    subscription.attached(ref);
    byName.put(subscription.name, subscription);
    byId.put(subscription.consumerId, subscription);
  }

  // ---- ending

  /** The open subscription the client calls {@code name}, or null. */
  @Nullable Subscription open(String name) {
    return byName.get(name);
  }

  /** Detaches it; what it delivered may still be acknowledged. */
  void end(
      Subscription subscription,
      Answer answer,
      Effects<StompFrame> out,
      Then<Subscription, StompFrame> then) {
    if (subscription.hasBrowsedAll) {
      remove(subscription);
      then.accept(subscription, out);
      return;
    }
    scope.askEither(
        new Request.CancelConsumer(scope.caller(), subscription.ref()),
        answer,
        out,
        (_, ended) -> {
          remove(subscription);
          then.accept(subscription, ended);
        });
  }

  private void remove(Subscription subscription) {
    byName.remove(subscription.name, subscription);
    forgetIfSettled(subscription);
  }

  @SuppressWarnings("ReferenceEquality") // the very one
  private void forgetIfSettled(Subscription subscription) {
    if (subscription.unacked.isEmpty() && byName.get(subscription.name) != subscription) {
      byId.remove(subscription.consumerId);
    }
  }

  /** The queue under a consumer is gone; answers the subscription, if it is known. */
  @Nullable Subscription cancelled(ConsumerRef consumer) {
    Subscription subscription = byId.get(consumer.id());
    if (subscription != null) {
      remove(subscription);
    }
    return subscription;
  }

  /** A browser has shown everything: says so as ActiveMQ does, with an empty last message. */
  void browsedAll(ConsumerRef consumer, Effects<StompFrame> out) {
    Subscription subscription = byId.get(consumer.id());
    if (subscription == null) {
      return;
    }
    subscription.hasBrowsedAll = true;
    String id = subscription.tag.id();
    List<Field> fields = new ArrayList<>();
    if (id != null) {
      fields.add(new Field("subscription", id));
    }
    fields.add(new Field("destination", subscription.destination));
    fields.add(new Field("browser", "end"));
    fields.add(new Field("content-length", "0"));
    fields.add(
        new Field("message-id", subscription.tag.messageIdPrefix() + subscription.unacked.skip()));
    out.send(new ServerFrame("MESSAGE", fields, Body.EMPTY));
  }

  // ---- deliveries

  void deliver(List<Delivery> deliveries, Effects<StompFrame> out) {
    int from = 0;
    while (from < deliveries.size()) {
      ConsumerRef consumer = deliveries.get(from).consumer();
      int to = from + 1;
      while (to < deliveries.size() && deliveries.get(to).consumer().id() == consumer.id()) {
        to++;
      }
      Subscription subscription = byId.get(consumer.id());
      if (subscription == null || !byName.containsKey(subscription.name)) {
        giveBack(deliveries, from, to, out);
      } else {
        deliver(subscription, deliveries, from, to, out);
      }
      from = to;
    }
  }

  /** It comes too late: the subscription has ended. */
  private static void giveBack(
      List<Delivery> deliveries, int from, int to, Effects<StompFrame> out) {
    for (int i = from; i < to; i++) {
      if (deliveries.get(i).unsettledIndex() >= 0) {
        out.settle(deliveries.get(i), Outcome.RETURNED);
      }
    }
  }

  private void deliver(
      Subscription subscription,
      List<Delivery> deliveries,
      int from,
      int to,
      Effects<StompFrame> out) {
    long number = subscription.add(deliveries, from, to);
    long bytes = 0;
    int start = from;
    for (int i = from; i < to; i++) {
      bytes += deliveries.get(i).message().body().length();
      if (bytes >= MAX_RUN_BYTES || i == to - 1) {
        out.send(new Messages(subscription.tag, number, deliveries, start, i + 1));
        number += i + 1 - start;
        start = i + 1;
        bytes = 0;
      }
    }
    if (subscription.creditMode() == CreditMode.GRANTED
        && subscription.window.used(deliveries, from, to)) {
      toGrant.add(subscription);
    }
  }

  /** Renews the windows that are half used up, if the peer keeps up. */
  @SuppressWarnings("ReferenceEquality") // the very one
  void grant(Effects<StompFrame> out) {
    if (toGrant.isEmpty() || !out.isWritable()) {
      return;
    }
    for (int i = 0; i < toGrant.size(); i++) {
      Subscription subscription = toGrant.get(i);
      if (byName.get(subscription.name) == subscription && !subscription.hasBrowsedAll) {
        subscription.window.renew(subscription.ref(), out);
      }
    }
    toGrant.clear();
  }

  // ---- ACK and NACK

  /**
   * Settles what an ACK or NACK is for.
   *
   * @param messageId the {@code message-id} or {@code ack} header of the MESSAGE
   * @param transaction holds the settlement back; null settles at once
   * @throws io.serai.gateway.ProtocolException when that message is not outstanding
   */
  void settle(
      String messageId,
      Outcome outcome,
      @Nullable Transaction transaction,
      Effects<StompFrame> out) {
    String session = scope.sessionName();
    int dash = messageId.lastIndexOf('-');
    int consumerId = 0;
    long number = 0;
    if (dash > session.length() + 1 && messageId.startsWith(session)) {
      consumerId = (int) number(messageId, session.length() + 1, dash);
      number = number(messageId, dash + 1, messageId.length());
    }
    Subscription subscription = byId.get(consumerId);
    if (subscription == null || subscription.unacked.get(number) == null) {
      throw StompErrors.of(
          "Message not found",
          "no message %s waits for an acknowledgement: it was never sent, or is settled already"
              .formatted(StompErrors.quoted(messageId)),
          "STOMP 1.2 ACK");
    }
    if (subscription.ackMode == AckMode.CLIENT_INDIVIDUAL) {
      settle(subscription, number, outcome, transaction, out);
    } else {
      while (!subscription.unacked.isEmpty() && subscription.unacked.firstNumber() <= number) {
        settle(subscription, subscription.unacked.firstNumber(), outcome, transaction, out);
      }
    }
    forgetIfSettled(subscription);
  }

  /** A settlement is taken back; the subscription may have ended meanwhile. */
  void unsettle(Subscription subscription, long number, Delivery delivery) {
    subscription.unacked.putBack(number, delivery);
    byId.put(subscription.consumerId, subscription);
  }

  private static void settle(
      Subscription subscription,
      long number,
      Outcome outcome,
      @Nullable Transaction transaction,
      Effects<StompFrame> out) {
    Delivery delivery = subscription.unacked.remove(number);
    if (delivery == null) {
      return; // cannot be: the number was looked up
    }
    if (transaction == null) {
      out.settle(delivery, outcome);
    } else {
      transaction.add(subscription, number, delivery, outcome);
    }
  }

  /** The digits from {@code from} to {@code to} as a number, or 0 when they are none. */
  private static long number(String text, int from, int to) {
    long number = 0;
    if (to - from > 18) {
      return 0;
    }
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return 0;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
