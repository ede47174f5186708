package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.DirectReplyTo;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.TypeNames;
import io.serai.model.Value;
import io.serai.routing.exchange.ExchangeType;
import io.serai.routing.exchange.ExchangeTypes;
import io.serai.routing.queue.QueueArguments;
import io.serai.routing.queue.RepeatArguments;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Which names and arguments may be declared at all, whoever asks, in RabbitMQ's words. */
final class DeclareRules {
  private static final String RESERVED = "amq.";
  private static final String SERVER_NAMED = "amq.gen-";
  private static final int MAX_NAME_BYTES = 255;

  /** 22 characters in base64. */
  private static final int RANDOM_BYTES = 16;

  private static final SecureRandom RANDOM = new SecureRandom();

  private DeclareRules() {}

  /** A queue name that the broker chooses. */
  static String serverName() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return SERVER_NAMED + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** What stands against a request, or null. */
  static <R> Result.@Nullable Refused<R> refusal(Request<R> request, VhostTable vhost) {
    return switch (request) {
      case Request.DeclareExchange(_, ExchangeSpec spec) -> exchange(spec, vhost);
      case Request.CheckExchange(_, String name) -> name.isEmpty() ? onDefault() : null;
      case Request.DeleteExchange(_, String name, _) -> deletion(name, vhost);
      case Request.DeclareQueue(_, QueueSpec spec) -> queue(spec, vhost);
      case Request.Bind(_, var bindings) -> bindings(bindings);
      case Request.Subscribe(_, _, var bindings, _) -> bindings(bindings);
      case Request.OpenSubscription(_, QueueSpec spec, _, _, var bindings, _) -> {
        Result.Refused<R> refusal = queue(spec, vhost);
        yield refusal == null ? bindings(bindings) : refusal;
      }
      case Request.Unbind(_, var bindings) -> bindings(bindings);
      default -> null;
    };
  }

  private static <R> Result.@Nullable Refused<R> exchange(ExchangeSpec spec, VhostTable vhost) {
    if (spec.name().isEmpty()) {
      return onDefault();
    }
    String wrong = badType(spec);
    if (wrong != null) {
      return refused(Refusal.PRECONDITION_FAILED, wrong);
    }
    if (vhost.exchange(spec.name()) == null) {
      Result.Refused<R> refusal = badName("exchange", spec.name());
      if (refusal != null) {
        return refusal;
      }
    }
    for (Value.Entry argument : spec.arguments().entries()) {
      if (argument.key().asText().equals(Exchange.ALTERNATE_ARGUMENT)
          && !(argument.value() instanceof Value.Str)) {
        return refused(
            Refusal.PRECONDITION_FAILED,
            "invalid type '%s' for arg '%s' in exchange '%s' in vhost '%s'"
                .formatted(
                    TypeNames.of(argument.value()),
                    Exchange.ALTERNATE_ARGUMENT,
                    spec.name(),
                    vhost.name()));
      }
    }
    return null;
  }

  /** What is wrong with an exchange's type or with its arguments, or null. */
  static @Nullable String badType(ExchangeSpec spec) {
    ExchangeType type = ExchangeTypes.find(spec.type());
    if (type == null) {
      return "unknown exchange type '%s', expected one of %s"
          .formatted(spec.type(), String.join(", ", ExchangeTypes.names()));
    }
    String wrong = type.check(spec.arguments());
    if (wrong == null) {
      wrong = SuperStream.problem(spec);
    }
    return wrong == null ? RepeatArguments.problem(spec.name(), spec.arguments()) : wrong;
  }

  private static <R> Result.@Nullable Refused<R> deletion(String name, VhostTable vhost) {
    if (name.isEmpty()) {
      return onDefault();
    }
    return name.startsWith(RESERVED)
        ? refused(
            Refusal.ACCESS_REFUSED,
            "deletion of system exchange '%s' in vhost '%s' not allowed"
                .formatted(name, vhost.name()))
        : null;
  }

  private static <R> Result.@Nullable Refused<R> queue(QueueSpec spec, VhostTable vhost) {
    String type = spec.name().isEmpty() ? QueueArguments.typeThatNeedsName(spec) : null;
    if (type != null) {
      return refused(
          Refusal.PRECONDITION_FAILED, "Cannot declare a server-named queue for type " + type);
    }
    return vhost.queue(spec.name()) == null && !DirectReplyTo.isDeclaredBy(spec)
        ? badName("queue", spec.name())
        : null;
  }

  private static <R> Result.@Nullable Refused<R> badName(String kind, String name) {
    if (name.startsWith(RESERVED)) {
      return refused(
          Refusal.ACCESS_REFUSED,
          "%s name '%s' contains reserved prefix 'amq.*'".formatted(kind, name));
    }
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    return bytes > MAX_NAME_BYTES
        ? refused(
            Refusal.PRECONDITION_FAILED,
            "%s name is %d bytes long, at most %d are allowed"
                .formatted(kind, bytes, MAX_NAME_BYTES))
        : null;
  }

  private static <R> Result.@Nullable Refused<R> bindings(Iterable<BindingSpec> bindings) {
    for (BindingSpec binding : bindings) {
      if (binding.source().isEmpty() || (binding.toExchange() && binding.destination().isEmpty())) {
        return onDefault();
      }
    }
    return null;
  }

  private static <R> Result.Refused<R> onDefault() {
    return refused(Refusal.ACCESS_REFUSED, "operation not permitted on the default exchange");
  }

  private static <R> Result.Refused<R> refused(Refusal reason, String text) {
    return new Result.Refused<>(reason, text);
  }
}
