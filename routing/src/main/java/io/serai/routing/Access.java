package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.Caller;
import io.serai.bus.DirectReplyTo;
import io.serai.bus.Principal.Action;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.model.Address;
import io.serai.model.Spelling;
import io.serai.model.TopicFilter;
import io.serai.model.Value;
import io.serai.routing.exchange.TopicExchange;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one place that asks whether a user may do something: for publish, subscribe, bind, and for
 * the exchanges named by alternate-exchange and dead-letter arguments. The permissions needed are
 * RabbitMQ's (its access control guide, "How permissions work").
 */
final class Access {
  /** What the default exchange is called in permissions. */
  private static final String DEFAULT_EXCHANGE = "amq.default";

  private Access() {}

  /**
   * Whether the caller may publish to an address.
   *
   * @param exchange the address's, null for the default exchange or when there is none
   */
  static boolean mayPublish(Caller caller, @Nullable Exchange exchange, Address address) {
    if (!may(caller, Action.WRITE, exchangeName(address.exchange()))) {
      return false;
    }
    return exchange == null
        || !exchange.type().isTopic()
        || caller
            .principal()
            .mayPublish(caller.vhost(), address.exchange(), address.topic(), caller.clientId());
  }

  /**
   * Whether the caller may do anything at all with an exchange or queue, so that it may know it.
   */
  static boolean mayKnow(Caller caller, String name) {
    String resource = exchangeName(name);
    return may(caller, Action.WRITE, resource)
        || may(caller, Action.READ, resource)
        || may(caller, Action.CONFIGURE, resource);
  }

  /**
   * What stands against a request, or null when the user may make it.
   *
   * @param vhost the caller's
   */
  static <R> Result.@Nullable Refused<R> refusal(Request<R> request, VhostTable vhost) {
    String text =
        switch (request) {
          case Request.DeclareExchange(Caller caller, var spec) ->
              first(
                  exchange(caller, Action.CONFIGURE, spec.name()),
                  vhost.exchange(spec.name()) != null // declared again, nothing changes
                      ? null
                      : argument(
                          caller, spec.arguments(), "alternate-exchange", null, spec.name()));
          case Request.DeleteExchange(Caller caller, String name, _) ->
              exchange(caller, Action.CONFIGURE, name);
          case Request.DeclareQueue(_, var spec) when DirectReplyTo.isDeclaredBy(spec) -> null;
          case Request.DeclareQueue(Caller caller, var spec) ->
              first(
                  queue(caller, Action.CONFIGURE, spec.name()),
                  vhost.queue(spec.name()) != null
                      ? null
                      : argument(
                          caller, spec.arguments(), "x-dead-letter-exchange", spec.name(), null));
          case Request.DeleteQueue(Caller caller, String name, _, _) ->
              queue(caller, Action.CONFIGURE, name);
          case Request.PurgeQueue(Caller caller, String name) -> queue(caller, Action.READ, name);
          case Request.Consume(_, String name, _, _) when DirectReplyTo.isAddress(name) -> null;
          case Request.Consume(Caller caller, String name, _, _) ->
              queue(caller, Action.READ, name);
          case Request.InspectStream(Caller caller, String stream, _) ->
              queue(caller, Action.READ, stream);
          case Request.ForgetReader(Caller caller, String stream, _) ->
              queue(caller, Action.READ, stream);
          case Request.ListDelayed(Caller caller, String exchange, _, _) ->
              exchange(caller, Action.READ, exchange);
          case Request.CancelDelayed(Caller caller, String exchange, _) ->
              exchange(caller, Action.WRITE, exchange);
          case Request.Get(Caller caller, String name, _) -> queue(caller, Action.READ, name);
          case Request.Subscribe(Caller caller, var queue, var bindings, var wanted) ->
              first(
                  queue(caller, Action.WRITE, queue.name()),
                  bindings(caller, bindings, vhost),
                  wanted.isEmpty() ? null : retained(caller, wanted));
          case Request.ReadRetained(Caller caller, TopicFilter filter, _, _) ->
              first(
                  exchange(caller, Action.READ, Address.TOPIC_EXCHANGE),
                  topic(caller, Address.TOPIC_EXCHANGE, filter));
          case Request.ReplaceRetained(Caller caller, var message, _) ->
              mayPublish(caller, vhost.exchange(Address.TOPIC_EXCHANGE), message.address())
                  ? null
                  : "write access to topic '%s' in vhost '%s' refused for user '%s'"
                      .formatted(message.topic(), caller.vhost(), caller.principal().user());
          case Request.OpenSubscription(Caller caller, var spec, _, _, var bindings, var wanted) ->
              first(
                  queue(caller, Action.CONFIGURE, spec.name()),
                  argument(caller, spec.arguments(), "x-dead-letter-exchange", spec.name(), null),
                  queue(caller, Action.READ, spec.name()),
                  queue(caller, Action.WRITE, spec.name()),
                  bindings(caller, bindings, vhost),
                  wanted.isEmpty() ? null : retained(caller, wanted));
          case Request.Bind(Caller caller, var bindings) -> bindings(caller, bindings, vhost);
          case Request.Unbind(Caller caller, var bindings) -> bindings(caller, bindings, vhost);
          // Passive declares ask only whether something exists; the rest concerns the caller alone.
          case Request.CheckExchange _,
              Request.CheckQueue _,
              Request.CancelConsumer _,
              Request.AwaitPublished _,
              Request.EndSession _,
              Request.ClaimSession _,
              Request.KeepSession _,
              Request.ReleaseSession _ ->
              null;
        };
    return text == null ? null : new Result.Refused<>(Refusal.ACCESS_REFUSED, text);
  }

  private static @Nullable String bindings(
      Caller caller, Iterable<BindingSpec> bindings, VhostTable vhost) {
    for (BindingSpec binding : bindings) {
      String refusal =
          first(
              binding.toExchange()
                  ? exchange(caller, Action.WRITE, binding.destination())
                  : queue(caller, Action.WRITE, binding.destination()),
              exchange(caller, Action.READ, binding.source()));
      if (refusal == null) {
        refusal = topic(caller, binding, vhost);
      }
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  /** Retained values are read as if the shared topic exchange had kept them. */
  private static @Nullable String retained(Caller caller, Iterable<Request.WantedRetained> wanted) {
    String refusal = exchange(caller, Action.READ, Address.TOPIC_EXCHANGE);
    for (Request.WantedRetained one : wanted) {
      if (refusal == null) {
        refusal = topic(caller, Address.TOPIC_EXCHANGE, one.filter());
      }
    }
    return refusal;
  }

  private static @Nullable String topic(Caller caller, BindingSpec binding, VhostTable vhost) {
    Exchange source = vhost.exchanges().get(binding.source());
    return source == null || !source.type().isTopic()
        ? null
        : topic(caller, binding.source(), TopicExchange.filter(binding));
  }

  private static @Nullable String topic(Caller caller, String exchange, TopicFilter filter) {
    return caller.principal().maySubscribe(caller.vhost(), exchange, filter, caller.clientId())
        ? null
        : "read access to topic '"
            + filter.spelled(Spelling.DOT)
            + "' in exchange '"
            + exchange
            + "' in vhost '"
            + caller.vhost()
            + "' refused for user '"
            + caller.principal().user()
            + "'";
  }

  /** A declared object that forwards needs read on itself and write on where it forwards to. */
  private static @Nullable String argument(
      Caller caller,
      Value.MapOf arguments,
      String name,
      @Nullable String queue,
      @Nullable String exchange) {
    Value to = arguments.first(name);
    return to == null
        ? null
        : first(
            queue == null ? null : queue(caller, Action.READ, queue),
            exchange == null ? null : exchange(caller, Action.READ, exchange),
            exchange(caller, Action.WRITE, to.asText()));
  }

  private static @Nullable String first(@Nullable String... refusals) {
    for (String refusal : refusals) {
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  private static @Nullable String exchange(Caller caller, Action action, String name) {
    return may(caller, action, exchangeName(name)) ? null : text(caller, action, "exchange", name);
  }

  private static @Nullable String queue(Caller caller, Action action, String name) {
    return may(caller, action, name) ? null : text(caller, action, "queue", name);
  }

  private static String exchangeName(String name) {
    return name.isEmpty() ? DEFAULT_EXCHANGE : name;
  }

  private static boolean may(Caller caller, Action action, String resource) {
    return caller.principal().may(action, caller.vhost(), resource);
  }

  /** As RabbitMQ 4 words it. */
  private static String text(Caller caller, Action action, String kind, String name) {
    return action.name().toLowerCase(Locale.ROOT)
        + " access to "
        + kind
        + " '"
        + name
        + "' in vhost '"
        + caller.vhost()
        + "' refused for user '"
        + caller.principal().user()
        + "'";
  }
}
