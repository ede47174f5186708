package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.Caller;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.model.Value;
import io.serai.routing.exchange.ExchangeTypes;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Which names and arguments may be declared at all, whoever asks, in RabbitMQ's words. */
final class DeclareRules {
  private static final String RESERVED = "amq.";
  private static final String SERVER_NAMED = "amq.gen-";
  private static final int NAME_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private DeclareRules() {}

  /** The request with a name chosen by the broker where it asks for one. */
  @SuppressWarnings("unchecked") // a DeclareQueue stays one
  static <R> Request<R> named(Request<R> request) {
    if (request instanceof Request.DeclareQueue(Caller caller, QueueSpec spec)
        && spec.name().isEmpty()) {
      byte[] bytes = new byte[NAME_BYTES];
      RANDOM.nextBytes(bytes);
      String name = SERVER_NAMED + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      return (Request<R>)
          (Request<?>)
              new Request.DeclareQueue(
                  caller,
                  new QueueSpec(
                      name,
                      spec.kind(),
                      spec.lifetime(),
                      spec.autoDelete(),
                      spec.arguments(),
                      spec.source()));
    }
    return request;
  }

  /** What stands against a request, or null. */
  static <R> Result.@Nullable Refused<R> refusal(Request<R> request, VhostTable vhost) {
    return switch (request) {
      case Request.DeclareExchange(_, ExchangeSpec spec) -> exchange(spec, vhost);
      case Request.DeleteExchange(_, String name, _) ->
          name.isEmpty() || name.startsWith(RESERVED)
              ? refused(Refusal.ACCESS_REFUSED, reservedExchange(name, vhost))
              : null;
      case Request.DeclareQueue(_, QueueSpec spec) ->
          spec.name().startsWith(RESERVED)
                  && !spec.name().startsWith(SERVER_NAMED)
                  && !vhost.queues().containsKey(spec.name())
              ? refused(
                  Refusal.ACCESS_REFUSED,
                  "queue name '" + spec.name() + "' contains reserved prefix 'amq.*'")
              : null;
      case Request.Bind(_, var bindings) -> defaultExchange(bindings);
      case Request.Unbind(_, var bindings) -> defaultExchange(bindings);
      default -> null;
    };
  }

  private static <R> Result.@Nullable Refused<R> exchange(ExchangeSpec spec, VhostTable vhost) {
    if (spec.name().isEmpty()) {
      return refused(Refusal.ACCESS_REFUSED, "operation not permitted on the default exchange");
    }
    if (ExchangeTypes.find(spec.type()) == null) {
      return refused(
          Refusal.PRECONDITION_FAILED,
          "invalid exchange type '" + spec.type() + "', expected one of " + ExchangeTypes.names());
    }
    if (spec.name().startsWith(RESERVED) && !vhost.exchanges().containsKey(spec.name())) {
      return refused(
          Refusal.ACCESS_REFUSED,
          "exchange name '" + spec.name() + "' contains reserved prefix 'amq.*'");
    }
    for (Value.Entry argument : spec.arguments().entries()) {
      if (argument.key().asText().equals("alternate-exchange")
          && !(argument.value() instanceof Value.Str)) {
        return refused(
            Refusal.PRECONDITION_FAILED,
            "invalid arg 'alternate-exchange' for exchange '"
                + spec.name()
                + "': expected a string, found "
                + argument.value().asText());
      }
    }
    return null;
  }

  private static String reservedExchange(String name, VhostTable vhost) {
    return name.isEmpty()
        ? "operation not permitted on the default exchange"
        : "exchange '" + name + "' in vhost '" + vhost.name() + "' is predeclared";
  }

  private static <R> Result.@Nullable Refused<R> defaultExchange(Iterable<BindingSpec> bindings) {
    for (BindingSpec binding : bindings) {
      if (binding.source().isEmpty() || (binding.toExchange() && binding.destination().isEmpty())) {
        return refused(Refusal.ACCESS_REFUSED, "operation not permitted on the default exchange");
      }
    }
    return null;
  }

  private static <R> Result.Refused<R> refused(Refusal reason, String text) {
    return new Result.Refused<>(reason, text);
  }
}
