package io.serai.gateway.mqtt;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.gateway.Effects;
import io.serai.gateway.Then;
import io.serai.gateway.mqtt.SharedGroups.Member;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Joins and leaves the groups of shared subscriptions (MQTT 5.0 §4.8.2) in the broker, and begins
 * and ends to read streams.
 */
final class Memberships {
  private final Peer peer;
  private final MqttOptions options;
  private final SharedGroups groups;
  private final boolean outlivesConnection;

  /** By filter; bounded by the number of subscriptions. */
  private final Map<String, Member> byFilter = new HashMap<>(0);

  private int nextConsumerId = SharedGroups.FIRST_CONSUMER_ID;

  /**
   * @param outlivesConnection whether the session's place in a stream is kept
   */
  Memberships(Peer peer, MqttOptions options, SharedGroups groups, boolean outlivesConnection) {
    this.outlivesConnection = outlivesConnection;
    this.peer = peer;
    this.options = options;
    this.groups = groups;
  }

  /** Changes how the session takes part; false when it does not yet. */
  boolean change(Subscription subscription) {
    Member member = byFilter.get(subscription.filter());
    if (member == null) {
      return false;
    }
    member.match = subscription.match(peer.clientId());
    return true;
  }

  /**
   * Joins a group or reads a stream. {@code then} gets null, or why that cannot be.
   *
   * @param asked the properties of its SUBSCRIBE, none when the session is resumed
   */
  void join(
      Subscription subscription,
      MqttProperties asked,
      Effects<MqttFrame> out,
      Then<Result.@Nullable Refused<?>, MqttFrame> then) {
    String filter = subscription.filter();
    if (StreamTopics.isStream(filter)) {
      String session = outlivesConnection ? SessionQueue.name(peer.clientId()) : "";
      consume(
          subscription,
          false,
          StreamTopics.name(filter),
          GroupQueue.consumer(
              peer.clientId(), StreamTopics.read(filter, asked, session, options.streamOffset())),
          out,
          then);
      return;
    }
    out.ask(
        new Request.DeclareQueue(peer.caller(), GroupQueue.spec(subscription.filter(), options)),
        (result, later) -> {
          switch (result) {
            case Result.Ok<Request.QueueInfo> _ -> bind(subscription, true, later, then);
            case Result.Refused<Request.QueueInfo>(Refusal reason, _)
                when reason == Refusal.PRECONDITION_FAILED ->
                bind(subscription, false, later, then); // it is there, declared by somebody else
            case Result.Refused<Request.QueueInfo> refused -> then.accept(refused, later);
          }
        });
  }

  private void bind(
      Subscription subscription,
      boolean isOurQueue,
      Effects<MqttFrame> out,
      Then<Result.@Nullable Refused<?>, MqttFrame> then) {
    out.ask(
        new Request.Bind(peer.caller(), GroupQueue.bindings(subscription.filter())),
        (result, later) -> {
          switch (result) {
            case Result.Ok<Request.Done> _ ->
                consume(
                    subscription,
                    isOurQueue,
                    GroupQueue.name(subscription.filter()),
                    GroupQueue.consumer(peer.clientId()),
                    later,
                    then);
            case Result.Refused<Request.Done> refused -> then.accept(refused, later);
          }
        });
  }

  private void consume(
      Subscription subscription,
      boolean isOurQueue,
      String queue,
      ConsumerOptions options,
      Effects<MqttFrame> out,
      Then<Result.@Nullable Refused<?>, MqttFrame> then) {
    out.ask(
        new Request.Consume(peer.caller(), queue, nextConsumerId++, options),
        (result, later) -> {
          switch (result) {
            case Result.Ok<ConsumerRef>(ConsumerRef attached) -> {
              Member member = new Member(attached, isOurQueue, subscription.match(peer.clientId()));
              byFilter.put(subscription.filter(), member);
              groups.add(member);
              then.accept(null, later);
            }
            case Result.Refused<ConsumerRef> refused -> then.accept(refused, later);
          }
        });
  }

  /**
   * Leaves a group for good. The last one there takes the queue along, unless somebody else made
   * it.
   */
  void leave(String filter, Effects<MqttFrame> out, Consumer<Effects<MqttFrame>> then) {
    Member member = byFilter.remove(filter);
    if (member == null) {
      then.accept(out);
      return;
    }
    out.ask(
        new Request.CancelConsumer(peer.caller(), member.consumer),
        (_, later) -> {
          groups.remove(member);
          if (!member.isOurQueue) {
            then.accept(later);
            return;
          }
          later.ask(
              new Request.DeleteQueue(peer.caller(), GroupQueue.name(filter), true, false),
              (_, last) -> then.accept(last));
        });
  }
}
