package io.serai.gateway.amqp.v091;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.DirectReplyTo;
import io.serai.bus.Request;
import io.serai.bus.StreamRead;
import io.serai.gateway.CreditWindow;
import io.serai.gateway.Effects;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of one channel: starting and ending them, how much they may have unacknowledged,
 * and what is delivered to them.
 */
final class ChannelConsumers {
  /** Body bytes after which a run is handed over, so that what is encoded can leave. */
  private static final int MAX_RUN_BYTES = 64 * 1024;

  private final Channel channel;
  private final ConnectionScope connection;
  private final Unacked unacked;
  private final DirectReply directReply;
  private final CreditPool pool;

  /** By tag, in the order they were started; as many as the client started. */
  private final Map<String, ChannelConsumer> byTag = new LinkedHashMap<>(4);

  /** What basic.qos without global has set for consumers to come. */
  private int prefetch;

  ChannelConsumers(
      Channel channel, ConnectionScope connection, Unacked unacked, DirectReply directReply) {
    this.channel = channel;
    this.connection = connection;
    this.unacked = unacked;
    this.directReply = directReply;
    this.pool = new CreditPool(unacked);
  }

  // ---- basic.consume and basic.cancel

  void consume(BasicMethod.Consume consume, String queue, Effects<Amqp091Frame> out) {
    String tag = consume.consumerTag();
    if (byTag.containsKey(tag)) {
      throw ReplyCode.NOT_ALLOWED.because(
          "attempt to reuse consumer tag '" + tag + "'", "AMQP 0-9-1 §1.8.3.3");
    }
    if (queue.equals(DirectReplyTo.NAME)) {
      consumeReplies(consume, out);
    } else {
      attach(consume, queue, out, _ -> {});
    }
  }

  /** The name is no queue: one that only this channel reads takes its place. */
  private void consumeReplies(BasicMethod.Consume consume, Effects<Amqp091Frame> out) {
    directReply.checkMayStart(consume);
    channel.ask(
        new Request.DeclareQueue(connection.caller(), DirectReply.newQueue()),
        consume,
        out,
        (info, declared) -> attach(consume, info.queue().name(), declared, directReply::started));
  }

  private void attach(
      BasicMethod.Consume consume,
      String queue,
      Effects<Amqp091Frame> out,
      Consumer<ChannelConsumer> onStart) {
    CreditMode mode = modeFor(consume.noAck());
    ConsumerArguments arguments =
        ConsumerArguments.read(consume.arguments(), connection.caller().vhost(), queue);
    String tag = consume.consumerTag();
    ChannelConsumer consumer =
        new ChannelConsumer(
            channel,
            connection.newConsumerId(),
            queue,
            consume.noAck() ? 0 : prefetch,
            new ConsumerOptions(
                tag.isEmpty() ? connection.newConsumerTag() : tag,
                consume.noAck(),
                consume.exclusive(),
                arguments.priority(),
                mode,
                initialCredit(mode),
                arguments.view(),
                arguments.stream().read(streamLimit(mode))));
    channel.ask(
        new Request.Consume(connection.caller(), queue, consumer.id(), consumer.options()),
        consume,
        out,
        (ref, then) -> {
          consumer.attached(ref);
          byTag.put(consumer.tag(), consumer);
          connection.add(consumer);
          onStart.accept(consumer);
          if (!consume.noWait()) {
            then.send(new BasicMethod.ConsumeOk(channel.number(), consumer.tag()));
          }
        });
  }

  private CreditMode modeFor(boolean noAck) {
    if (noAck) {
      return CreditMode.GRANTED;
    }
    if (pool.limit() > 0 || connection.client().limitsWholeChannels()) {
      return CreditMode.SHARED;
    }
    return prefetch > 0 ? CreditMode.PER_SETTLE : CreditMode.GRANTED;
  }

  /**
   * What counts as the limit that a consumer of a stream must have. Clients that know no other
   * limit than one over the channel may have that; RabbitMQ has none for streams.
   */
  private int streamLimit(CreditMode mode) {
    boolean knowsNoOther =
        mode == CreditMode.SHARED && connection.client().limitsWholeChannels() && pool.limit() > 0;
    return knowsNoOther ? StreamRead.BOUNDED : prefetch;
  }

  private int initialCredit(CreditMode mode) {
    return switch (mode) {
      case PER_SETTLE -> prefetch;
      case GRANTED -> CreditWindow.FIRST;
      case SHARED -> 0;
    };
  }

  void cancel(BasicMethod.Cancel cancel, Effects<Amqp091Frame> out) {
    ChannelConsumer consumer = byTag.get(cancel.consumerTag());
    if (consumer == null) {
      cancelled(cancel, out); // not an error (§1.8.3.5)
      return;
    }
    channel.ask(
        new Request.CancelConsumer(connection.caller(), consumer.ref()),
        cancel,
        out,
        (_, then) -> {
          remove(consumer, then);
          cancelled(cancel, then);
        });
  }

  private void cancelled(BasicMethod.Cancel cancel, Effects<Amqp091Frame> out) {
    if (!cancel.noWait()) {
      out.send(new BasicMethod.CancelOk(channel.number(), cancel.consumerTag()));
    }
  }

  private void remove(ChannelConsumer consumer, Effects<Amqp091Frame> out) {
    byTag.remove(consumer.tag(), consumer);
    connection.remove(consumer);
    directReply.ended(consumer);
    pool.left(consumer, out);
  }

  /** The queue under a consumer is gone, or it has browsed everything. */
  void onCancelled(ChannelConsumer consumer, Effects<Amqp091Frame> out) {
    remove(consumer, out);
    if (connection.client().wantsCancelNotify()) {
      out.send(new BasicMethod.Cancel(channel.number(), consumer.tag(), true));
    }
  }

  /** The channel closes: every consumer ends. */
  void endAll(Effects<Amqp091Frame> out) {
    Request.CancelConsumer last = endAllButOne(out);
    if (last != null) {
      out.tell(last);
    }
  }

  /** Likewise, but leaves it to the caller to ask for the end of the last one, if there is any. */
  Request.@Nullable CancelConsumer endAllButOne(Effects<Amqp091Frame> out) {
    Request.CancelConsumer last = null;
    for (ChannelConsumer consumer : byTag.values()) {
      if (last != null) {
        out.tell(last);
      }
      connection.remove(consumer);
      last =
          consumer.isAttached()
              ? new Request.CancelConsumer(connection.caller(), consumer.ref())
              : null;
    }
    byTag.clear();
    return last;
  }

  // ---- basic.qos

  void qos(BasicMethod.Qos qos, Effects<Amqp091Frame> out) {
    if (qos.prefetchSizeBytes() != 0) {
      throw ReplyCode.NOT_IMPLEMENTED.because(
          "prefetch_size!=0 (" + qos.prefetchSizeBytes() + ")", "AMQP 0-9-1 §1.8.3.1");
    }
    if (qos.global() || connection.client().limitsWholeChannels()) {
      pool.limit(qos.prefetchCount());
      shareCredit(qos, out);
    } else {
      prefetch = qos.prefetchCount();
      out.send(new BasicMethod.QosOk(channel.number()));
    }
  }

  /**
   * A limit over the whole channel holds for running consumers too: they move to the pool. One that
   * has its queue to itself stays what it is, because nobody, not even itself, may join it there;
   * and one that browses, because it would begin anew.
   */
  private void shareCredit(BasicMethod.Qos qos, Effects<Amqp091Frame> out) {
    Deque<ChannelConsumer> toMove = new ArrayDeque<>();
    if (pool.limit() > 0) {
      for (ChannelConsumer consumer : byTag.values()) {
        if (!consumer.isNoAck()
            && !consumer.options().exclusive()
            && !consumer.options().view().isBrowsing()
            && consumer.creditMode() != CreditMode.SHARED) {
          toMove.add(consumer);
        }
      }
    }
    move(toMove, qos, out);
  }

  /** Attaches each anew before the old attachment ends: an auto-delete queue would go with it. */
  private void move(Deque<ChannelConsumer> toMove, BasicMethod.Qos qos, Effects<Amqp091Frame> out) {
    ChannelConsumer consumer = toMove.poll();
    if (consumer == null) {
      pool.grant(out);
      out.send(new BasicMethod.QosOk(channel.number()));
      return;
    }
    if (hasEnded(consumer)) {
      move(toMove, qos, out);
      return;
    }
    channel.ask(
        new Request.Consume(
            connection.caller(),
            consumer.queue(),
            connection.newConsumerId(),
            consumer.sharedOptions()),
        qos,
        out,
        (ref, attached) -> {
          if (hasEnded(consumer)) { // its queue was deleted meanwhile, and declared anew
            attached.tell(new Request.CancelConsumer(connection.caller(), ref));
            move(toMove, qos, attached);
            return;
          }
          ConsumerRef former = consumer.moved(ref);
          connection.add(consumer);
          channel.ask(
              new Request.CancelConsumer(connection.caller(), former),
              qos,
              attached,
              (_, cancelled) -> move(toMove, qos, cancelled));
        });
  }

  @SuppressWarnings("ReferenceEquality") // another one may have its tag by now
  private boolean hasEnded(ChannelConsumer consumer) {
    return byTag.get(consumer.tag()) != consumer;
  }

  // ---- deliveries and credit

  /** Sends a run of deliveries to one consumer, large ones in several frames. */
  void deliver(
      ChannelConsumer consumer,
      List<Delivery> deliveries,
      int from,
      int to,
      Effects<Amqp091Frame> out) {
    long tag = unacked.add(consumer, deliveries, from, to);
    long bytes = 0;
    int start = from;
    for (int i = from; i < to; i++) {
      bytes += deliveries.get(i).message().body().length();
      if (bytes >= MAX_RUN_BYTES || i == to - 1) {
        out.send(
            new BasicContent.Deliver(
                channel.number(), consumer.tagUtf8(), tag, deliveries, start, i + 1));
        tag += i + 1 - start;
        start = i + 1;
        bytes = 0;
      }
    }
    // Not the consumer's own mode: what comes may still be from before it moved to the pool.
    switch (deliveries.get(from).consumer().options().creditMode()) {
      case PER_SETTLE -> {}
      case GRANTED -> {
        if (consumer.window.used(deliveries, from, to)) {
          connection.grantLater(consumer);
        }
      }
      case SHARED -> pool.used(consumer, to - from);
    }
  }

  void onReady(ChannelConsumer consumer, ConsumerRef ref, Effects<Amqp091Frame> out) {
    consumer.attached(ref);
    pool.ready(consumer, out);
  }

  void onDrained(ChannelConsumer consumer, int unused, Effects<Amqp091Frame> out) {
    pool.drained(consumer, unused, out);
  }

  /** Something was settled, or the peer takes output again: whoever waits may get credit. */
  void grantShared(Effects<Amqp091Frame> out) {
    pool.grant(out);
  }
}
