package io.serai.gateway.amqp.v091;

import io.serai.bus.BindingSpec;
import io.serai.bus.Caller;
import io.serai.bus.DirectReplyTo;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.Source;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.amqp.v091.Amqp091Frame.Method;
import io.serai.model.Address;
import io.serai.model.Spelling;
import io.serai.model.TopicFilter;
import io.serai.model.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Exchanges, queues and bindings as one channel asks for them (AMQP 0-9-1 §1.6 and §1.7). */
final class ChannelTopology {
  private final Channel channel;

  /** In the arguments of queue.bind to {@code amq.topic}: deliver what is retained, too. */
  private static final String RETAINED = "x-retained";

  private final Caller caller;

  /** The queue declared last on this channel: what an empty name stands for. */
  private String lastQueue = "";

  ChannelTopology(Channel channel, Caller caller) {
    this.channel = channel;
    this.caller = caller;
  }

  void onMethod(ExchangeMethod method, Effects<Amqp091Frame> out) {
    switch (method) {
      case ExchangeMethod.Declare declare -> declare(declare, out);
      case ExchangeMethod.Delete delete ->
          ask(
              new Request.DeleteExchange(caller, clean(delete.exchange()), delete.ifUnused()),
              delete,
              delete.noWait() ? null : new ExchangeMethod.DeleteOk(number()),
              out);
      case ExchangeMethod.Bind bind ->
          ask(
              new Request.Bind(
                  caller,
                  List.of(
                      binding(
                          bind.source(),
                          bind.destination(),
                          true,
                          bind.routingKey(),
                          bind.arguments()))),
              bind,
              bind.noWait() ? null : new ExchangeMethod.BindOk(number()),
              out);
      case ExchangeMethod.Unbind unbind ->
          ask(
              new Request.Unbind(
                  caller,
                  List.of(
                      binding(
                          unbind.source(),
                          unbind.destination(),
                          true,
                          unbind.routingKey(),
                          unbind.arguments()))),
              unbind,
              unbind.noWait() ? null : new ExchangeMethod.UnbindOk(number()),
              out);
      case ExchangeMethod.DeclareOk _,
          ExchangeMethod.DeleteOk _,
          ExchangeMethod.BindOk _,
          ExchangeMethod.UnbindOk _ ->
          throw Channel.notForServers();
    }
  }

  private void declare(ExchangeMethod.Declare declare, Effects<Amqp091Frame> out) {
    String name = clean(declare.exchange());
    Request<Request.Done> request =
        declare.passive()
            ? new Request.CheckExchange(caller, name)
            : new Request.DeclareExchange(
                caller,
                new ExchangeSpec(
                    name,
                    declare.type(),
                    declare.durable() ? Lifetime.DURABLE : Lifetime.TRANSIENT,
                    declare.autoDelete(),
                    declare.internal(),
                    declare.arguments(),
                    Source.CLIENT));
    ask(request, declare, declare.noWait() ? null : new ExchangeMethod.DeclareOk(number()), out);
  }

  void onMethod(QueueMethod method, Effects<Amqp091Frame> out) {
    switch (method) {
      case QueueMethod.Declare declare -> declare(declare, out);
      case QueueMethod.Bind bind -> {
        String queue = queueName(bind.queue());
        BindingSpec binding =
            binding(
                bind.exchange(),
                queue,
                false,
                key(bind.queue(), bind.routingKey()),
                bind.arguments());
        if (wantsRetained(binding)) {
          bindWithRetained(bind, binding, out);
        } else {
          ask(new Request.Bind(caller, List.of(binding)), bind, bindOk(bind), out);
        }
      }
      case QueueMethod.Unbind unbind -> {
        String queue = queueName(unbind.queue());
        ask(
            new Request.Unbind(
                caller,
                List.of(
                    binding(
                        unbind.exchange(),
                        queue,
                        false,
                        key(unbind.queue(), unbind.routingKey()),
                        unbind.arguments()))),
            unbind,
            new QueueMethod.UnbindOk(number()),
            out);
      }
      case QueueMethod.Purge purge ->
          channel.ask(
              new Request.PurgeQueue(caller, queueName(purge.queue())),
              purge,
              out,
              (count, then) -> {
                if (!purge.noWait()) {
                  then.send(new QueueMethod.PurgeOk(number(), count));
                }
              });
      case QueueMethod.Delete delete ->
          channel.ask(
              new Request.DeleteQueue(
                  caller, queueName(delete.queue()), delete.ifUnused(), delete.ifEmpty()),
              delete,
              out,
              (count, then) -> {
                if (!delete.noWait()) {
                  then.send(new QueueMethod.DeleteOk(number(), count));
                }
              });
      case QueueMethod.DeclareOk _,
          QueueMethod.BindOk _,
          QueueMethod.UnbindOk _,
          QueueMethod.PurgeOk _,
          QueueMethod.DeleteOk _ ->
          throw Channel.notForServers();
    }
  }

  private @Nullable Method bindOk(QueueMethod.Bind bind) {
    return bind.noWait() ? null : new QueueMethod.BindOk(number());
  }

  /** Whether a binding asks for what is retained, and is one of the exchange that retains. */
  private static boolean wantsRetained(BindingSpec binding) {
    return binding.source().equals(Address.TOPIC_EXCHANGE)
        && binding.arguments().first(RETAINED) instanceof Value.Bool(boolean isWanted)
        && isWanted;
  }

  /** Binds; each topic's retained value comes into the queue unless a live one did meanwhile. */
  private void bindWithRetained(
      QueueMethod.Bind bind, BindingSpec binding, Effects<Amqp091Frame> out) {
    channel.ask(
        new Request.CheckQueue(caller, binding.destination()),
        bind,
        out,
        (info, then) ->
            ask(
                new Request.Subscribe(
                    caller,
                    info.queue(),
                    List.of(binding),
                    List.of(new Request.WantedRetained(TopicFilter.ofAmqp(binding.key()), null))),
                bind,
                bindOk(bind),
                then));
  }

  private void declare(QueueMethod.Declare declare, Effects<Amqp091Frame> out) {
    String name = clean(declare.queue());
    if (name.equals(DirectReplyTo.NAME)) {
      declared(declare, name, 0, 1, out);
      return;
    }
    if (DirectReplyTo.isAddress(name)) {
      lookUpReplyAddress(declare, name, out);
      return;
    }
    Request<Request.QueueInfo> request =
        declare.passive()
            ? new Request.CheckQueue(
                caller, clean(declare.queue())) // none is not the last one here
            : new Request.DeclareQueue(
                caller,
                new QueueSpec(
                    clean(declare.queue()),
                    QueueKind.CLASSIC,
                    lifetime(declare),
                    declare.autoDelete(),
                    declare.arguments(),
                    Source.CLIENT));
    channel.ask(
        request,
        declare,
        out,
        (info, then) ->
            declared(declare, info.queue().name(), info.readyMessages(), info.consumers(), then));
  }

  /**
   * Declaring the address of a reply consumer only tells whether it is still there; it is locked to
   * everyone but its owner, who may ask too.
   */
  private void lookUpReplyAddress(
      QueueMethod.Declare declare, String name, Effects<Amqp091Frame> out) {
    channel.askEither(
        new Request.CheckQueue(caller, name),
        declare,
        out,
        (result, then) -> {
          if (result instanceof Result.Refused<Request.QueueInfo>(Refusal reason, String text)
              && reason != Refusal.RESOURCE_LOCKED) {
            throw ReplyCode.of(reason).because(text);
          }
          declared(declare, name, 0, 1, then);
        });
  }

  private void declared(
      QueueMethod.Declare declare,
      String name,
      long messages,
      int consumerCount,
      Effects<Amqp091Frame> out) {
    lastQueue = name;
    if (!declare.noWait()) {
      out.send(new QueueMethod.DeclareOk(number(), name, messages, consumerCount));
    }
  }

  private static Lifetime lifetime(QueueMethod.Declare declare) {
    return declare.exclusive()
        ? Lifetime.EXCLUSIVE
        : declare.durable() ? Lifetime.DURABLE : Lifetime.TRANSIENT;
  }

  /**
   * The queue a method means.
   *
   * @throws ProtocolException NOT_FOUND when it names none and none was declared on this channel
   */
  String queueName(String name) {
    if (!name.isEmpty()) {
      return clean(name);
    }
    if (lastQueue.isEmpty()) {
      throw ReplyCode.NOT_FOUND.because("no previously declared queue", "AMQP 0-9-1 §1.7.2.3");
    }
    return lastQueue;
  }

  /** The routing key a bind means: with no queue name and no key it is the queue's name. */
  private String key(String queue, String routingKey) {
    return queue.isEmpty() && routingKey.isEmpty() ? lastQueue : routingKey;
  }

  private static BindingSpec binding(
      String source, String destination, boolean toExchange, String key, Value.MapOf arguments) {
    return new BindingSpec(
        clean(source),
        clean(destination),
        toExchange,
        key,
        Spelling.DOT,
        arguments,
        null,
        Source.CLIENT);
  }

  /** Names lose their line breaks, as in RabbitMQ. */
  private static String clean(String name) {
    return name.indexOf('\n') < 0 && name.indexOf('\r') < 0
        ? name
        : name.replace("\n", "").replace("\r", "");
  }

  private void ask(
      Request<?> request, Method cause, @Nullable Method ok, Effects<Amqp091Frame> out) {
    channel.ask(
        request,
        cause,
        out,
        (_, then) -> {
          if (ok != null) {
            then.send(ok);
          }
        });
  }

  private int number() {
    return channel.number();
  }
}
