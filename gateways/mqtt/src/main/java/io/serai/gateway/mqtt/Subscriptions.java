package io.serai.gateway.mqtt;

import io.serai.bus.BindingSpec;
import io.serai.bus.ConsumerRef;
import io.serai.bus.QueueRef;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.gateway.Effects;
import io.serai.gateway.Then;
import io.serai.gateway.mqtt.MqttFrame.SubAck;
import io.serai.gateway.mqtt.MqttFrame.Subscribe;
import io.serai.gateway.mqtt.MqttFrame.UnsubAck;
import io.serai.gateway.mqtt.MqttFrame.Unsubscribe;
import io.serai.gateway.mqtt.MqttFrame.Wanted;
import io.serai.model.TopicFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The session's subscriptions: one queue, declared with the first of them, one binding each, and
 * one consumer. SUBSCRIBE is answered when the bindings are in effect; retained messages follow the
 * answer.
 *
 * <p>A session whose subscriptions are all QoS 0 and that ends with its connection reads its queue
 * without acknowledging, which is cheaper; the first QoS 1 or 2 subscription changes the consumer.
 */
final class Subscriptions {
  private final Peer peer;
  private final MqttOptions options;
  private final OutboundFlow outbound;
  private final boolean outlivesConnection;
  private final Map<String, Subscription> byFilter = new LinkedHashMap<>();
  private @Nullable QueueRef queue;
  private @Nullable ConsumerRef consumer;
  private int nextConsumerId;

  Subscriptions(
      Peer peer,
      MqttOptions options,
      OutboundFlow outbound,
      boolean outlivesConnection,
      List<Subscription> kept) {
    this.peer = peer;
    this.options = options;
    this.outbound = outbound;
    this.outlivesConnection = outlivesConnection;
    for (Subscription subscription : kept) {
      byFilter.put(subscription.filter(), subscription);
    }
  }

  /** The subscriptions, in the order they were made. */
  List<Subscription> all() {
    return List.copyOf(byFilter.values());
  }

  /** The queue's name, or null while there is none. */
  @Nullable String queueName() {
    QueueRef known = queue;
    return known == null ? null : known.name();
  }

  /** The consumer, or null while there is none. */
  @Nullable ConsumerRef consumer() {
    return consumer;
  }

  /**
   * Reads the queue of a session that is resumed. {@code then} learns whether it is still there.
   */
  void resume(Effects<MqttFrame> out, Then<Boolean, MqttFrame> then) {
    attach(
        true,
        out,
        (refusal, later) -> {
          ConsumerRef attached = consumer;
          if (attached != null) {
            queue = attached.queue();
          }
          then.accept(refusal == null, later);
        });
  }

  // ---- SUBSCRIBE

  void onSubscribe(Subscribe subscribe, Effects<MqttFrame> out) {
    List<Wanted> wanted = subscribe.wanted();
    int identifier = (int) subscribe.properties().number(PropertyId.SUBSCRIPTION_IDENTIFIER, 0);
    Attempt attempt = new Attempt(subscribe.packetId(), wanted.size());
    int more = 0;
    for (int i = 0; i < wanted.size(); i++) {
      Wanted one = wanted.get(i);
      if (TopicRules.isShared(one.filter())) {
        attempt.reasons[i] = MqttReason.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
      } else if (!byFilter.containsKey(one.filter())
          && byFilter.size() + ++more > options.maxSubscriptions()) {
        attempt.reasons[i] = MqttReason.QUOTA_EXCEEDED;
        attempt.explanation = "at most " + options.maxSubscriptions() + " subscriptions";
      } else {
        attempt.candidates.add(new Candidate(i, new Subscription(one, identifier)));
      }
    }
    if (attempt.candidates.isEmpty()) {
      answer(attempt, out);
      return;
    }
    prepare(
        attempt.needsAcknowledgement(),
        out,
        (refusal, later) -> {
          if (refusal == null) {
            bindAll(attempt, later);
          } else {
            attempt.refuseAll(refusal);
            answer(attempt, later);
          }
        });
  }

  /** One SUBSCRIBE on its way to its SUBACK. */
  private static final class Attempt {
    final int packetId;
    final int[] reasons;
    final List<Candidate> candidates = new ArrayList<>();
    @Nullable String explanation;

    Attempt(int packetId, int filters) {
      this.packetId = packetId;
      this.reasons = new int[filters];
    }

    boolean needsAcknowledgement() {
      return candidates.stream().anyMatch(c -> c.subscription.options().qos() > 0);
    }

    void refuse(Candidate candidate, Result.Refused<?> refused) {
      reasons[candidate.index] = reason(refused.reason());
      explanation = refused.text();
    }

    void refuseAll(Result.Refused<?> refused) {
      candidates.forEach(candidate -> refuse(candidate, refused));
    }
  }

  /** A filter that may become a subscription, and its place in the SUBSCRIBE. */
  private record Candidate(int index, Subscription subscription) {}

  private static int reason(Refusal refusal) {
    return switch (refusal) {
      case ACCESS_REFUSED, NOT_ALLOWED -> MqttReason.NOT_AUTHORIZED;
      case RESOURCE_ERROR -> MqttReason.QUOTA_EXCEEDED;
      case NOT_FOUND, RESOURCE_LOCKED, PRECONDITION_FAILED, NOT_IMPLEMENTED, INTERNAL_ERROR ->
          MqttReason.UNSPECIFIED_ERROR;
    };
  }

  /** Makes sure of queue and consumer. {@code then} gets null, or why they cannot be had. */
  private void prepare(
      boolean needsAcknowledgement,
      Effects<MqttFrame> out,
      Then<Result.@Nullable Refused<?>, MqttFrame> then) {
    if (queue != null) {
      attach(needsAcknowledgement, out, then);
      return;
    }
    out.ask(
        new Request.DeclareQueue(
            peer.caller(), SessionQueue.spec(peer.clientId(), outlivesConnection, options)),
        (result, later) -> {
          switch (result) {
            case Result.Ok<Request.QueueInfo>(Request.QueueInfo info) -> {
              queue = info.queue();
              attach(needsAcknowledgement, later, then);
            }
            case Result.Refused<Request.QueueInfo> refused -> then.accept(refused, later);
          }
        });
  }

  private void attach(
      boolean needsAcknowledgement,
      Effects<MqttFrame> out,
      Then<Result.@Nullable Refused<?>, MqttFrame> then) {
    boolean acknowledges = needsAcknowledgement || outlivesConnection;
    ConsumerRef current = consumer;
    if (current == null) {
      consume(acknowledges, out, then);
    } else if (acknowledges && current.options().noAck()) {
      // What is on its way to the old consumer arrives before the answer.
      out.ask(
          new Request.CancelConsumer(peer.caller(), current),
          (_, later) -> {
            consumer = null;
            consume(true, later, then);
          });
    } else {
      then.accept(null, out);
    }
  }

  private void consume(
      boolean acknowledges,
      Effects<MqttFrame> out,
      Then<Result.@Nullable Refused<?>, MqttFrame> then) {
    out.ask(
        new Request.Consume(
            peer.caller(),
            SessionQueue.name(peer.clientId()),
            nextConsumerId++,
            SessionQueue.consumer(peer.clientId(), acknowledges)),
        (result, later) -> {
          switch (result) {
            case Result.Ok<ConsumerRef>(ConsumerRef attached) -> {
              consumer = attached;
              int window = Math.min(peer.receiveMaximum(), options.maxInflight());
              outbound.useCredit(
                  acknowledges
                      ? CreditWindow.ofMessages(attached, window)
                      : CreditWindow.adapting(attached));
              then.accept(null, later);
            }
            case Result.Refused<ConsumerRef> refused -> then.accept(refused, later);
          }
        });
  }

  /** Binds all filters at once; when that is refused, one by one to learn which of them. */
  private void bindAll(Attempt attempt, Effects<MqttFrame> out) {
    out.ask(
        subscribe(attempt.candidates),
        (result, later) -> {
          if (result instanceof Result.Ok<Request.Done>) {
            attempt.candidates.forEach(candidate -> grant(attempt, candidate));
            answer(attempt, later);
          } else {
            bindFrom(attempt, 0, later);
          }
        });
  }

  private void bindFrom(Attempt attempt, int next, Effects<MqttFrame> out) {
    if (next == attempt.candidates.size()) {
      answer(attempt, out);
      return;
    }
    Candidate candidate = attempt.candidates.get(next);
    out.ask(
        subscribe(List.of(candidate)),
        (result, later) -> {
          switch (result) {
            case Result.Ok<Request.Done> _ -> grant(attempt, candidate);
            case Result.Refused<Request.Done> refused -> attempt.refuse(candidate, refused);
          }
          bindFrom(attempt, next + 1, later);
        });
  }

  private Request<Request.Done> subscribe(List<Candidate> candidates) {
    List<BindingSpec> bindings = new ArrayList<>(candidates.size());
    List<Request.WantedRetained> retained = new ArrayList<>();
    Set<String> filters = new HashSet<>(byFilter.keySet());
    for (Candidate candidate : candidates) {
      Subscription subscription = candidate.subscription;
      Wanted wanted = subscription.options();
      SubscriptionMatch match = subscription.match(peer.clientId());
      bindings.add(SessionQueue.binding(peer.clientId(), subscription.filter(), match));
      boolean isNew = filters.add(wanted.filter());
      if (wanted.retainHandling() == 0 || wanted.retainHandling() == 1 && isNew) {
        retained.add(
            new Request.WantedRetained(TopicFilter.ofMqtt(wanted.filter()), match.forRetained()));
      }
    }
    return new Request.Subscribe(
        peer.caller(), Objects.requireNonNull(queue, "prepared"), bindings, retained);
  }

  private void grant(Attempt attempt, Candidate candidate) {
    Wanted wanted = candidate.subscription.options();
    byFilter.put(wanted.filter(), candidate.subscription);
    attempt.reasons[candidate.index] = wanted.qos();
  }

  private void answer(Attempt attempt, Effects<MqttFrame> out) {
    List<Integer> reasons = Arrays.stream(attempt.reasons).boxed().toList();
    String explanation = attempt.explanation;
    MqttProperties why = explanation == null ? MqttProperties.NONE : peer.because(explanation);
    peer.answer(
        new SubAck(attempt.packetId, reasons, why),
        new SubAck(attempt.packetId, reasons, MqttProperties.NONE),
        out);
    outbound.refill(out);
  }

  // ---- UNSUBSCRIBE

  void onUnsubscribe(Unsubscribe unsubscribe, Effects<MqttFrame> out) {
    List<String> known = unsubscribe.filters().stream().filter(byFilter::containsKey).toList();
    if (known.isEmpty()) {
      answer(unsubscribe, known, out);
      return;
    }
    List<BindingSpec> bindings =
        known.stream().map(f -> SessionQueue.binding(peer.clientId(), f, null)).toList();
    out.ask(
        new Request.Unbind(peer.caller(), bindings),
        (_, later) -> answer(unsubscribe, known, later));
  }

  private void answer(Unsubscribe unsubscribe, List<String> known, Effects<MqttFrame> out) {
    List<Integer> reasons =
        unsubscribe.filters().stream()
            .map(f -> known.contains(f) ? MqttReason.SUCCESS : MqttReason.NO_SUBSCRIPTION_EXISTED)
            .toList();
    known.forEach(byFilter::remove);
    out.send(new UnsubAck(unsubscribe.packetId(), reasons, MqttProperties.NONE));
  }
}
