package io.serai.gateway.amqp.v091;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Then;
import io.serai.gateway.amqp.v091.Amqp091Frame.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One channel: hands each method to who takes care of it, and ends it all when the channel closes.
 * Confined to the connection's event loop.
 */
final class Channel {
  /** Where errors go that come to light in an answer. */
  @FunctionalInterface
  interface Failures {
    /** Closes the channel or the connection, as the error's code asks. */
    void fail(ProtocolException error, int channel, int methodId, Effects<Amqp091Frame> out);
  }

  /** The bits of a confirm token: channel number, incarnation, publish number. */
  private static final int NUMBER_SHIFT = 53;

  private static final int INCARNATION_SHIFT = 40;
  private static final long PUBLISH_MASK = (1L << INCARNATION_SHIFT) - 1;

  private static final int INCARNATION_MASK = (1 << NUMBER_SHIFT - INCARNATION_SHIFT) - 1;

  private final int number;
  private final long tokenBits;
  private final ConnectionScope connection;
  private final Failures failures;
  private final Unacked unacked;
  private final ChannelConsumers consumers;
  private final ChannelPublisher publisher;
  private final ChannelTopology topology;
  private @Nullable Transaction transaction;
  private boolean isClosing;

  /**
   * @param incarnation tells this channel from earlier ones with its number
   */
  Channel(int number, int incarnation, ConnectionScope connection, Failures failures) {
    this.number = number;
    this.tokenBits =
        (long) number << NUMBER_SHIFT
            | (long) (incarnation & INCARNATION_MASK) << INCARNATION_SHIFT;
    this.connection = connection;
    this.failures = failures;
    this.unacked = new Unacked(connection);
    DirectReply directReply = new DirectReply();
    this.consumers = new ChannelConsumers(this, connection, unacked, directReply);
    this.publisher = new ChannelPublisher(this, connection, directReply);
    this.topology = new ChannelTopology(this, connection.caller());
  }

  int number() {
    return number;
  }

  /** Whether it waits for close-ok: everything else is discarded then (§1.5.2.5). */
  boolean isClosing() {
    return isClosing;
  }

  // ---- confirm tokens

  /** What comes back in {@code Session.onConfirm} for the channel's publish {@code number}. */
  long confirmToken(long publishNumber) {
    return tokenBits | publishNumber;
  }

  static int channelOf(long confirmToken) {
    return (int) (confirmToken >>> NUMBER_SHIFT);
  }

  /** A publish was stored or refused; one of an earlier channel with this number is ignored. */
  void onConfirm(long confirmToken, boolean accepted) {
    if ((confirmToken & ~PUBLISH_MASK) == tokenBits) {
      publisher.onConfirm(confirmToken & PUBLISH_MASK, accepted);
    }
  }

  /** A commit is done or refused; one of an earlier channel with this number is ignored. */
  void onCommitted(long confirmToken, boolean isDone, Effects<Amqp091Frame> out) {
    if ((confirmToken & ~PUBLISH_MASK) == tokenBits && transaction != null) {
      transaction.onCommitted(isDone, out);
    }
  }

  /** A queue had a message before; one of an earlier channel with this number is ignored. */
  void onRepeat(long confirmToken, Effects<Amqp091Frame> out) {
    if ((confirmToken & ~PUBLISH_MASK) == tokenBits) {
      publisher.onRepeat(confirmToken & PUBLISH_MASK, out);
    }
  }

  // ---- methods

  void publish(BasicContent.Publish publish, Effects<Amqp091Frame> out) {
    publisher.publish(publish, out);
  }

  void onMethod(Method method, Effects<Amqp091Frame> out) {
    switch (method) {
      case BasicMethod basic -> onMethod(basic, out);
      case QueueMethod queue -> topology.onMethod(queue, out);
      case ExchangeMethod exchange -> topology.onMethod(exchange, out);
      case ConfirmMethod.Select select -> {
        publisher.select();
        if (!select.noWait()) {
          out.send(new ConfirmMethod.SelectOk(number));
        }
      }
      case AccessMethod.Request _ -> out.send(new AccessMethod.RequestOk(number, 1));
      case ChannelMethod.Flow(_, boolean active) -> {
        if (!active) {
          throw ReplyCode.NOT_IMPLEMENTED.because("active=false", "AMQP 0-9-1 §1.5.2.3");
        }
        out.send(new ChannelMethod.FlowOk(number, true));
      }
      case ChannelMethod.FlowOk _ -> {}
      case TxMethod tx -> onMethod(tx, out);
      case ChannelMethod _,
          ConnectionMethod _,
          ConfirmMethod.SelectOk _,
          AccessMethod.RequestOk _ ->
          throw notForServers();
    }
  }

  private void onMethod(BasicMethod method, Effects<Amqp091Frame> out) {
    switch (method) {
      case BasicMethod.Ack(_, long tag, boolean multiple) ->
          settle(tag, multiple, Outcome.ACCEPTED, out);
      case BasicMethod.Nack(_, long tag, boolean multiple, boolean requeue) ->
          settle(tag, multiple, requeue ? Outcome.RETURNED : Outcome.REJECTED, out);
      case BasicMethod.Reject(_, long tag, boolean requeue) ->
          settle(tag, false, requeue ? Outcome.RETURNED : Outcome.REJECTED, out);
      case BasicMethod.Get get -> get(get, out);
      case BasicMethod.Consume consume ->
          consumers.consume(consume, topology.queueName(consume.queue()), out);
      case BasicMethod.Cancel cancel -> consumers.cancel(cancel, out);
      case BasicMethod.Qos qos -> consumers.qos(qos, out);
      case BasicMethod.RecoverAsync(_, boolean requeue) -> recover(requeue, out);
      case BasicMethod.Recover(_, boolean requeue) -> {
        recover(requeue, out);
        out.send(new BasicMethod.RecoverOk(number));
      }
      case BasicMethod.CancelOk
              _ -> {} // some clients answer our basic.cancel although it is no-wait
      case BasicMethod.QosOk _,
          BasicMethod.ConsumeOk _,
          BasicMethod.GetEmpty _,
          BasicMethod.RecoverOk _ ->
          throw notForServers();
    }
  }

  private void onMethod(TxMethod method, Effects<Amqp091Frame> out) {
    switch (method) {
      case TxMethod.Select _ -> {
        if (transaction == null) {
          Transaction fresh = new Transaction(this, publisher, unacked, connection.held());
          publisher.select(fresh);
          unacked.select(fresh);
          transaction = fresh;
        }
        out.send(new TxMethod.SelectOk(number));
      }
      case TxMethod.Commit _ -> {
        transaction().commit(out);
        consumers.grantShared(out);
      }
      case TxMethod.Rollback _ -> {
        transaction().rollback();
        out.send(new TxMethod.RollbackOk(number));
      }
      case TxMethod.SelectOk _, TxMethod.CommitOk _, TxMethod.RollbackOk _ -> throw notForServers();
    }
  }

  private Transaction transaction() {
    Transaction known = transaction;
    if (known == null) {
      throw ReplyCode.PRECONDITION_FAILED.because(
          "channel is not transactional", "AMQP 0-9-1 §1.9.2.3");
    }
    return known;
  }

  private void settle(long tag, boolean multiple, Outcome outcome, Effects<Amqp091Frame> out) {
    unacked.settle(tag, multiple, outcome, out);
    consumers.grantShared(out);
  }

  private void recover(boolean requeue, Effects<Amqp091Frame> out) {
    if (!requeue) {
      throw ReplyCode.NOT_IMPLEMENTED.because("requeue=false", "AMQP 0-9-1 §1.8.3.16");
    }
    unacked.returnAll(out);
    consumers.grantShared(out);
  }

  private void get(BasicMethod.Get get, Effects<Amqp091Frame> out) {
    ask(
        new Request.Get(connection.caller(), topology.queueName(get.queue()), get.noAck()),
        get,
        out,
        (got, then) -> {
          Delivery delivery = got.delivery();
          if (delivery == null) {
            then.send(new BasicMethod.GetEmpty(number));
          } else {
            then.send(
                new BasicContent.GetOk(
                    number,
                    unacked.addGot(delivery, get.noAck()),
                    delivery.isRedelivered(),
                    delivery.message(),
                    got.remaining()));
          }
        });
  }

  /**
   * Asks the broker on behalf of {@code cause}; what it refuses closes the channel or the
   * connection in the name of that method. Nothing happens any more once the channel closes.
   */
  <R> void ask(
      Request<R> request, Method cause, Effects<Amqp091Frame> out, Then<R, Amqp091Frame> onOk) {
    askEither(
        request,
        cause,
        out,
        (result, then) -> {
          switch (result) {
            case Result.Ok<R>(R value) -> onOk.accept(value, then);
            case Result.Refused<R>(var reason, String text) ->
                throw ReplyCode.of(reason).because(text);
          }
        });
  }

  /** Likewise, where a refusal need not be an error: {@code onAnswer} throws when it is one. */
  <R> void askEither(
      Request<R> request,
      Method cause,
      Effects<Amqp091Frame> out,
      Then<Result<R>, Amqp091Frame> onAnswer) {
    out.ask(
        request,
        (result, then) -> {
          if (isClosing) {
            undo(result, then);
            return;
          }
          try {
            onAnswer.accept(result, then);
          } catch (ProtocolException e) {
            fail(e, cause.id(), then);
          }
        });
  }

  /** The channel closed before the answer: what it was given is given back. */
  private void undo(Result<?> result, Effects<Amqp091Frame> out) {
    if (result instanceof Result.Ok<?>(Object value)) {
      switch (value) {
        case Request.Got(Delivery got, _) when got != null && got.unsettledIndex() >= 0 ->
            out.settle(got, Outcome.RETURNED);
        case ConsumerRef ref -> out.tell(new Request.CancelConsumer(connection.caller(), ref));
        default -> {}
      }
    }
  }

  /** Closes the channel or the connection for an error that came to light later. */
  void fail(ProtocolException error, int methodId, Effects<Amqp091Frame> out) {
    failures.fail(error, number, methodId, out);
  }

  // ---- events

  /** Sends deliveries to one consumer; what comes too late goes back. */
  void deliver(
      ChannelConsumer consumer,
      List<Delivery> deliveries,
      int from,
      int to,
      Effects<Amqp091Frame> out) {
    consumers.deliver(consumer, deliveries, from, to, out);
  }

  void onReady(ChannelConsumer consumer, ConsumerRef ref, Effects<Amqp091Frame> out) {
    consumers.onReady(consumer, ref, out);
  }

  void onDrained(ChannelConsumer consumer, int unused, Effects<Amqp091Frame> out) {
    consumers.onDrained(consumer, unused, out);
  }

  void onCancelled(ChannelConsumer consumer, Effects<Amqp091Frame> out) {
    consumers.onCancelled(consumer, out);
  }

  /** A queue will not wait any longer: the channel closes, and what it holds goes back. */
  void onAckTimedOut(long timeoutMillis, Effects<Amqp091Frame> out) {
    fail(
        ReplyCode.PRECONDITION_FAILED.because(
            "delivery acknowledgement on channel "
                + number
                + " timed out. Timeout value used: "
                + timeoutMillis
                + " ms. This timeout value can be configured, see consumers doc guide to learn"
                + " more"),
        0,
        out);
  }

  void onWritable(Effects<Amqp091Frame> out) {
    consumers.grantShared(out);
  }

  // ---- closing

  /** The connection has closed: the channel says nothing more. */
  void silence() {
    isClosing = true;
  }

  /** The server closes it: consumers end and everything unacknowledged goes back. */
  void abort(Effects<Amqp091Frame> out) {
    isClosing = true;
    publisher.close();
    consumers.endAll(out);
    returnAll(out);
  }

  private void returnAll(Effects<Amqp091Frame> out) {
    Transaction held = transaction;
    if (held != null) {
      held.abandon(out);
    }
    unacked.returnAll(out);
  }

  /**
   * The client closes it, likewise.
   *
   * @param then runs once the queues have let its consumers go
   */
  void close(Effects<Amqp091Frame> out, Then<Channel, Amqp091Frame> then) {
    isClosing = true;
    publisher.close();
    Request.CancelConsumer last = consumers.endAllButOne(out);
    if (last == null) {
      returnAll(out);
      then.accept(this, out);
    } else {
      out.ask(last, (_, answered) -> then.accept(this, answered));
      returnAll(out);
    }
  }

  /** The error for a method that is not for a client to send, in RabbitMQ's words. */
  static ProtocolException notForServers() {
    return ReplyCode.COMMAND_INVALID.because("unimplemented method", "AMQP 0-9-1 §1.3");
  }
}
