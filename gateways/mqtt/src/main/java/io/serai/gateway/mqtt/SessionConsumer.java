package io.serai.gateway.mqtt;

import io.serai.bus.BindingSpec;
import io.serai.bus.ConsumerRef;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.gateway.Effects;
import io.serai.gateway.Then;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The session's queue, declared with its first subscription, and the one consumer that reads it.
 *
 * <p>A session whose subscriptions are all QoS 0 and that ends with its connection reads its queue
 * without acknowledging, which is cheaper; the first QoS 1 or 2 subscription changes the consumer.
 */
final class SessionConsumer {
  private final Peer peer;
  private final MqttOptions options;
  private final OutboundFlow outbound;
  private final boolean outlivesConnection;
  private boolean mayHaveQueue;
  private @Nullable QueueRef queue;
  private @Nullable ConsumerRef consumer;
  private int nextConsumerId;

  /**
   * @param hasQueue whether an earlier connection has left one
   */
  SessionConsumer(
      Peer peer,
      MqttOptions options,
      OutboundFlow outbound,
      boolean outlivesConnection,
      boolean hasQueue) {
    this.peer = peer;
    this.options = options;
    this.outbound = outbound;
    this.outlivesConnection = outlivesConnection;
    this.mayHaveQueue = hasQueue;
  }

  /** Whether the session goes on without its connection. */
  boolean outlivesConnection() {
    return outlivesConnection;
  }

  /** The queue's name, from when it may exist; null while there is certainly none. */
  @Nullable String queueName() {
    return mayHaveQueue ? SessionQueue.name(peer.clientId()) : null;
  }

  /** The queue; only once {@link #prepare} or {@link #resume} has gone well. */
  QueueRef queue() {
    return Objects.requireNonNull(queue, "prepared");
  }

  /** The consumer, or null while there is none. */
  @Nullable ConsumerRef consumer() {
    return consumer;
  }

  /** Reads the queue an earlier connection left. {@code then} gets null, or why it cannot. */
  void resume(Effects<MqttFrame> out, Then<Result.@Nullable Refused<?>, MqttFrame> then) {
    consume(true, null, out, then);
  }

  /** Whether {@link #open} may be tried: the queue is the connection's and not there yet. */
  boolean canOpen() {
    return queue == null && !outlivesConnection;
  }

  /**
   * Declares the queue, reads it and subscribes it, all in one. {@code then} gets null, or why that
   * cannot be; then nothing has changed.
   */
  void open(
      boolean acknowledges,
      List<BindingSpec> bindings,
      List<Request.WantedRetained> wanted,
      Effects<MqttFrame> out,
      Then<Result.@Nullable Refused<?>, MqttFrame> then) {
    out.ask(
        new Request.OpenSubscription(
            peer.caller(),
            SessionQueue.spec(peer.clientId(), false, options),
            nextConsumerId++,
            SessionQueue.consumer(peer.clientId(), acknowledges),
            bindings,
            wanted),
        (result, later) -> {
          switch (result) {
            case Result.Refused<ConsumerRef> refused -> then.accept(refused, later);
            case Result.Ok<ConsumerRef>(ConsumerRef attached) -> {
              mayHaveQueue = true;
              consumer = attached;
              queue = attached.queue();
              outbound.read(attached, acknowledges);
              then.accept(null, later);
            }
          }
        });
  }

  /** Makes sure of queue and consumer. {@code then} gets null, or why they cannot be had. */
  void prepare(
      boolean needsAcknowledgement,
      Effects<MqttFrame> out,
      Then<Result.@Nullable Refused<?>, MqttFrame> then) {
    if (queue != null) {
      attach(needsAcknowledgement, out, then);
      return;
    }
    mayHaveQueue = true;
    out.ask(
        new Request.DeclareQueue(
            peer.caller(), SessionQueue.spec(peer.clientId(), outlivesConnection, options)),
        (result, later) -> {
          switch (result) {
            case Result.Ok<Request.QueueInfo>(Request.QueueInfo info) -> {
              queue = info.queue();
              attach(needsAcknowledgement, later, then);
            }
            case Result.Refused<Request.QueueInfo> refused -> {
              mayHaveQueue = false;
              then.accept(refused, later);
            }
          }
        });
  }

  private void attach(
      boolean needsAcknowledgement,
      Effects<MqttFrame> out,
      Then<Result.@Nullable Refused<?>, MqttFrame> then) {
    boolean acknowledges = needsAcknowledgement || outlivesConnection;
    ConsumerRef current = consumer;
    if (current == null || acknowledges && current.options().noAck()) {
      consume(acknowledges, current, out, then);
    } else {
      then.accept(null, out);
    }
  }

  /**
   * Attaches a consumer.
   *
   * @param replaced the one before; it goes only now, because a queue that nobody reads drops what
   *     comes at QoS 0
   */
  private void consume(
      boolean acknowledges,
      @Nullable ConsumerRef replaced,
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
            case Result.Refused<ConsumerRef> refused -> then.accept(refused, later);
            case Result.Ok<ConsumerRef>(ConsumerRef attached) -> {
              consumer = attached;
              queue = attached.queue();
              if (replaced == null) {
                outbound.read(attached, acknowledges);
                then.accept(null, later);
                return;
              }
              // What is on its way to the old consumer arrives before the answer.
              later.ask(
                  new Request.CancelConsumer(peer.caller(), replaced),
                  (_, last) -> {
                    outbound.read(attached, acknowledges);
                    then.accept(null, last);
                  });
            }
          }
        });
  }
}
