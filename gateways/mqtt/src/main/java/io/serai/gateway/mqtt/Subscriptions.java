package io.serai.gateway.mqtt;

import io.serai.bus.BindingSpec;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The session's subscriptions: each is a binding of its queue, or a membership in a group.
 * SUBSCRIBE is answered when they are in effect; retained messages follow the answer. Bounded in
 * number by the listener and in length by {@link #MEAN_FILTER_CHARS}.
 */
final class Subscriptions {
  /** Characters that all filters of a session may have, for each subscription it may have. */
  private static final int MEAN_FILTER_CHARS = 256;

  private final Peer peer;
  private final MqttOptions options;
  private final OutboundFlow outbound;
  private final SessionConsumer consumer;
  private final Memberships memberships;
  private final BiConsumer<Effects<MqttFrame>, Consumer<Effects<MqttFrame>>> keep;
  private final Map<String, Subscription> byFilter = new LinkedHashMap<>();
  private long filterChars;
  private boolean isBusy;
  private @Nullable Consumer<Effects<MqttFrame>> afterwards;

  /**
   * @param keep has the session kept as it is after a change, and goes on
   */
  Subscriptions(
      Peer peer,
      MqttOptions options,
      OutboundFlow outbound,
      SessionConsumer consumer,
      List<Subscription> kept,
      BiConsumer<Effects<MqttFrame>, Consumer<Effects<MqttFrame>>> keep) {
    this.keep = keep;
    this.peer = peer;
    this.options = options;
    this.outbound = outbound;
    this.consumer = consumer;
    this.memberships =
        new Memberships(peer, options, outbound.groups(), consumer.outlivesConnection());
    kept.forEach(this::put);
  }

  /** The subscriptions, in the order they were made. */
  List<Subscription> all() {
    return List.copyOf(byFilter.values());
  }

  /**
   * Runs {@code then} once no change is under way, at once if none is; then and from then on the
   * client is told nothing more. Half a change is never left behind.
   */
  void finish(Consumer<Effects<MqttFrame>> then, Effects<MqttFrame> out) {
    if (isBusy) {
      afterwards = then;
    } else {
      then.accept(out);
    }
  }

  /**
   * Takes up what an earlier connection left: its queue, its memberships. {@code then} gets null,
   * or why the queue cannot be read.
   *
   * @param hasQueue whether there is a queue of the session's own
   */
  void resume(
      boolean hasQueue, Effects<MqttFrame> out, Then<Result.@Nullable Refused<?>, MqttFrame> then) {
    isBusy = true;
    List<Subscription> shared =
        byFilter.values().stream().filter(Subscription::isMembership).toList();
    if (!hasQueue) {
      rejoin(shared, 0, out, then);
      return;
    }
    consumer.resume(
        out,
        (refusal, later) -> {
          if (refusal == null) {
            rejoin(shared, 0, later, then);
          } else {
            resumed(refusal, later, then);
          }
        });
  }

  private void rejoin(
      List<Subscription> shared,
      int next,
      Effects<MqttFrame> out,
      Then<Result.@Nullable Refused<?>, MqttFrame> then) {
    if (next == shared.size()) {
      resumed(null, out, then);
      return;
    }
    memberships.join(
        shared.get(next),
        MqttProperties.NONE,
        out,
        (refusal, later) -> {
          if (refusal != null) {
            remove(shared.get(next).filter()); // not allowed any more
          }
          rejoin(shared, next + 1, later, then);
        });
  }

  private void resumed(
      Result.@Nullable Refused<?> refusal,
      Effects<MqttFrame> out,
      Then<Result.@Nullable Refused<?>, MqttFrame> then) {
    isBusy = false;
    Consumer<Effects<MqttFrame>> instead = afterwards;
    if (instead == null) {
      then.accept(refusal, out);
    } else {
      instead.accept(out);
    }
  }

  private void put(Subscription subscription) {
    if (byFilter.put(subscription.filter(), subscription) == null) {
      filterChars += subscription.filter().length();
    }
  }

  private void remove(String filter) {
    if (byFilter.remove(filter) != null) {
      filterChars -= filter.length();
    }
  }

  // ---- SUBSCRIBE

  void onSubscribe(Subscribe subscribe, Effects<MqttFrame> out) {
    isBusy = true;
    int identifier = (int) subscribe.properties().number(PropertyId.SUBSCRIPTION_IDENTIFIER, 0);
    Attempt attempt = attempt(subscribe, identifier);
    if (attempt.candidates.isEmpty()) {
      joinFrom(attempt, 0, out);
      return;
    }
    if (!consumer.canOpen()) {
      prepare(attempt, out);
      return;
    }
    Bindings all = bindings(attempt.candidates);
    consumer.open(
        attempt.needsAcknowledgement(),
        all.bindings,
        all.retained,
        out,
        (refusal, later) -> {
          if (refusal == null) {
            attempt.candidates.forEach(candidate -> grant(attempt, candidate));
            joinFrom(attempt, 0, later);
          } else {
            prepare(attempt, later); // step by step, to learn what is refused and what is not
          }
        });
  }

  private void prepare(Attempt attempt, Effects<MqttFrame> out) {
    consumer.prepare(
        attempt.needsAcknowledgement(),
        out,
        (refusal, later) -> {
          if (refusal == null) {
            bindAll(attempt, later);
          } else {
            attempt.refuseAll(refusal);
            joinFrom(attempt, 0, later);
          }
        });
  }

  private Attempt attempt(Subscribe subscribe, int identifier) {
    List<Wanted> wanted = subscribe.wanted();
    Attempt attempt = new Attempt(subscribe);
    Set<String> more = new HashSet<>();
    long moreChars = 0;
    for (int i = 0; i < wanted.size(); i++) {
      Wanted one = wanted.get(i);
      String filter = one.filter();
      boolean isMore = !byFilter.containsKey(filter) && !more.contains(filter);
      String problem =
          StreamTopics.isStream(filter)
              ? StreamTopics.problem(filter, subscribe.properties())
              : null;
      if (problem != null) {
        attempt.reasons[i] = MqttReason.TOPIC_FILTER_INVALID;
        attempt.explanation = problem;
      } else if (TopicRules.isShared(filter) && !TopicRules.isValidShare(filter)) {
        attempt.reasons[i] = MqttReason.TOPIC_FILTER_INVALID; // in MQTT 5 it never comes here
      } else if (TopicRules.isTooDeep(filter, options.maxTopicLevels())) {
        attempt.reasons[i] = MqttReason.TOPIC_FILTER_INVALID;
        attempt.explanation = "at most " + options.maxTopicLevels() + " levels";
      } else if (isMore && isTooMuch(more.size() + 1, moreChars + filter.length())) {
        attempt.reasons[i] = MqttReason.QUOTA_EXCEEDED;
        attempt.explanation =
            "at most %d subscriptions of %d characters"
                .formatted(options.maxSubscriptions(), maxFilterChars());
      } else {
        Candidate candidate =
            new Candidate(i, new Subscription(one.atMost(peer.maxQos()), identifier));
        (TopicRules.isMembership(filter) ? attempt.memberships : attempt.candidates).add(candidate);
        if (isMore) {
          more.add(filter);
          moreChars += filter.length();
        }
      }
    }
    return attempt;
  }

  private boolean isTooMuch(int more, long moreChars) {
    return byFilter.size() + more > options.maxSubscriptions()
        || filterChars + moreChars > maxFilterChars();
  }

  /** All that the filters of a session may have; any single one is within it. */
  private long maxFilterChars() {
    return Math.max(65_535, (long) options.maxSubscriptions() * MEAN_FILTER_CHARS);
  }

  /** One SUBSCRIBE on its way to its SUBACK. */
  private static final class Attempt {
    final int packetId;
    final MqttProperties properties;
    final int[] reasons;
    final List<Candidate> candidates = new ArrayList<>();
    final List<Candidate> memberships = new ArrayList<>(0);
    @Nullable String explanation;

    Attempt(Subscribe subscribe) {
      this.packetId = subscribe.packetId();
      this.properties = subscribe.properties();
      this.reasons = new int[subscribe.wanted().size()];
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

  /** Binds all filters at once; when that is refused, one by one to learn which of them. */
  private void bindAll(Attempt attempt, Effects<MqttFrame> out) {
    out.ask(
        subscribe(attempt.candidates),
        (result, later) -> {
          if (result instanceof Result.Ok<Request.Done>) {
            attempt.candidates.forEach(candidate -> grant(attempt, candidate));
            joinFrom(attempt, 0, later);
          } else {
            bindFrom(attempt, 0, later);
          }
        });
  }

  private void bindFrom(Attempt attempt, int next, Effects<MqttFrame> out) {
    if (next == attempt.candidates.size()) {
      joinFrom(attempt, 0, out);
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

  private void joinFrom(Attempt attempt, int from, Effects<MqttFrame> out) {
    int next = from;
    while (next < attempt.memberships.size()
        && memberships.change(attempt.memberships.get(next).subscription)) {
      grant(attempt, attempt.memberships.get(next++));
    }
    if (next == attempt.memberships.size()) {
      answer(attempt, out);
      return;
    }
    int joined = next;
    Candidate candidate = attempt.memberships.get(joined);
    memberships.join(
        candidate.subscription,
        attempt.properties,
        out,
        (refusal, later) -> {
          if (refusal == null) {
            grant(attempt, candidate);
          } else {
            attempt.refuse(candidate, refusal);
          }
          joinFrom(attempt, joined + 1, later);
        });
  }

  private Request<Request.Done> subscribe(List<Candidate> candidates) {
    Bindings all = bindings(candidates);
    return new Request.Subscribe(peer.caller(), consumer.queue(), all.bindings, all.retained);
  }

  /** What subscriptions are to the broker. */
  private record Bindings(List<BindingSpec> bindings, List<Request.WantedRetained> retained) {}

  private Bindings bindings(List<Candidate> candidates) {
    List<BindingSpec> bindings = new ArrayList<>(candidates.size());
    List<Request.WantedRetained> retained = new ArrayList<>();
    Set<String> fresh = new HashSet<>();
    for (Candidate candidate : candidates) {
      Subscription subscription = candidate.subscription;
      Wanted wanted = subscription.options();
      SubscriptionMatch match = subscription.match(peer.clientId());
      bindings.addAll(SessionQueue.subscription(peer.clientId(), subscription.filter(), match));
      boolean isNew = !byFilter.containsKey(wanted.filter()) && fresh.add(wanted.filter());
      if (wanted.retainHandling() == 0 || wanted.retainHandling() == 1 && isNew) {
        retained.add(
            new Request.WantedRetained(TopicFilter.ofMqtt(wanted.filter()), match.forRetained()));
      }
    }
    return new Bindings(bindings, retained);
  }

  private void grant(Attempt attempt, Candidate candidate) {
    put(candidate.subscription);
    attempt.reasons[candidate.index] = candidate.subscription.options().qos();
  }

  private MqttProperties explanation(@Nullable String text) {
    return text == null || !options.revealsReasons() ? MqttProperties.NONE : peer.because(text);
  }

  private void answer(Attempt attempt, Effects<MqttFrame> out) {
    List<Integer> reasons = Arrays.stream(attempt.reasons).map(options::told).boxed().toList();
    MqttProperties why = explanation(attempt.explanation);
    done(
        new SubAck(attempt.packetId, reasons, why),
        new SubAck(attempt.packetId, reasons, MqttProperties.NONE),
        out);
  }

  // ---- UNSUBSCRIBE

  void onUnsubscribe(Unsubscribe unsubscribe, Effects<MqttFrame> out) {
    isBusy = true;
    Set<String> known = new LinkedHashSet<>(unsubscribe.filters());
    known.retainAll(byFilter.keySet());
    List<String> shared = known.stream().filter(TopicRules::isMembership).toList();
    leaveFrom(shared, 0, out, later -> unbind(unsubscribe, known, later));
  }

  private void leaveFrom(
      List<String> shared, int next, Effects<MqttFrame> out, Consumer<Effects<MqttFrame>> then) {
    if (next == shared.size()) {
      then.accept(out);
    } else {
      memberships.leave(shared.get(next), out, later -> leaveFrom(shared, next + 1, later, then));
    }
  }

  private void unbind(Unsubscribe unsubscribe, Set<String> known, Effects<MqttFrame> out) {
    List<BindingSpec> bindings =
        known.stream()
            .filter(filter -> !TopicRules.isMembership(filter))
            .flatMap(filter -> SessionQueue.subscription(peer.clientId(), filter, null).stream())
            .toList();
    if (bindings.isEmpty()) {
      answer(unsubscribe, known, null, out);
      return;
    }
    out.ask(
        new Request.Unbind(peer.caller(), bindings),
        (result, later) ->
            answer(
                unsubscribe,
                known,
                result instanceof Result.Refused<List<Boolean>> refused ? refused : null,
                later));
  }

  /**
   * Answers an UNSUBSCRIBE.
   *
   * @param known those of its filters that were subscribed to
   * @param refused why the broker did not unbind them, null if it did
   */
  private void answer(
      Unsubscribe unsubscribe,
      Set<String> known,
      Result.@Nullable Refused<?> refused,
      Effects<MqttFrame> out) {
    int unbound = refused == null ? MqttReason.SUCCESS : options.told(reason(refused.reason()));
    List<Integer> reasons = new ArrayList<>();
    Set<String> left = new HashSet<>(known); // a filter may stand there twice
    for (String filter : unsubscribe.filters()) {
      boolean isRefused = refused != null && !TopicRules.isMembership(filter);
      boolean existed = isRefused ? known.contains(filter) : left.remove(filter);
      reasons.add(
          !existed ? MqttReason.NO_SUBSCRIPTION_EXISTED : isRefused ? unbound : MqttReason.SUCCESS);
    }
    for (String filter : known) {
      if (refused == null || TopicRules.isMembership(filter)) {
        remove(filter);
      }
    }
    MqttProperties why = explanation(refused == null ? null : refused.text());
    done(
        new UnsubAck(unsubscribe.packetId(), reasons, why),
        new UnsubAck(unsubscribe.packetId(), reasons, MqttProperties.NONE),
        out);
  }

  /** A change is complete: answers it, unless the session has ended meanwhile. */
  private void done(MqttFrame answer, MqttFrame withoutProperties, Effects<MqttFrame> out) {
    keep.accept(out, later -> answer(answer, withoutProperties, later));
  }

  private void answer(MqttFrame answer, MqttFrame withoutProperties, Effects<MqttFrame> out) {
    isBusy = false;
    Consumer<Effects<MqttFrame>> then = afterwards;
    if (then != null) {
      then.accept(out);
      return;
    }
    peer.answer(answer, withoutProperties, out);
    outbound.refill(out);
  }
}
