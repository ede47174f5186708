package io.serai.routing;

import io.serai.bus.Caller;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueSpec;
import io.serai.model.Value;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Whether a redeclared object is the one that exists, told apart in RabbitMQ's words. */
final class Equivalence {
  private Equivalence() {}

  /** What differs, or null. */
  static @Nullable String of(ExchangeSpec present, ExchangeSpec wanted, String vhost) {
    String what = "exchange '" + present.name() + "' in vhost '" + vhost + "'";
    String difference = differ("type", what, present.type(), wanted.type());
    if (difference == null) {
      difference =
          differ("durable", what, isDurable(present.lifetime()), isDurable(wanted.lifetime()));
    }
    if (difference == null) {
      difference = differ("auto_delete", what, present.autoDelete(), wanted.autoDelete());
    }
    if (difference == null) {
      difference = differ("internal", what, present.internal(), wanted.internal());
    }
    return difference == null
        ? arguments(what, present.arguments(), wanted.arguments())
        : difference;
  }

  /** What differs, or null. */
  static @Nullable String of(QueueSpec present, QueueSpec wanted, String vhost) {
    String what = "queue '" + present.name() + "' in vhost '" + vhost + "'";
    String difference =
        differ("durable", what, isDurable(present.lifetime()), isDurable(wanted.lifetime()));
    if (difference == null) {
      difference = differ("auto_delete", what, present.autoDelete(), wanted.autoDelete());
    }
    if (difference == null) {
      difference = differ("exclusive", what, isExclusive(present), isExclusive(wanted));
    }
    return difference == null
        ? arguments(what, present.arguments(), wanted.arguments())
        : difference;
  }

  /** Why the caller may not use the queue, or null. */
  static @Nullable String lock(QueueEntry queue, Caller caller, String vhost) {
    return queue.isLockedFor(caller.session())
        ? "cannot obtain exclusive access to locked queue '"
            + queue.spec().name()
            + "' in vhost '"
            + vhost
            + "'. It could be originally declared on another connection or the exclusive property"
            + " value does not match that of the original declaration."
        : null;
  }

  private static boolean isDurable(Lifetime lifetime) {
    return lifetime == Lifetime.DURABLE;
  }

  private static boolean isExclusive(QueueSpec spec) {
    return spec.lifetime() == Lifetime.EXCLUSIVE;
  }

  private static @Nullable String differ(
      String argument, String what, Object present, Object wanted) {
    return present.equals(wanted)
        ? null
        : "inequivalent arg '%s' for %s: received '%s' but current is '%s'"
            .formatted(argument, what, wanted, present);
  }

  /** Arguments are compared by value: the width of a number does not count. */
  private static @Nullable String arguments(String what, Value.MapOf present, Value.MapOf wanted) {
    TreeSet<String> names = new TreeSet<>();
    present.entries().forEach(entry -> names.add(entry.key().asText()));
    wanted.entries().forEach(entry -> names.add(entry.key().asText()));
    for (String name : names) {
      Value has = find(present, name);
      Value asked = find(wanted, name);
      if (!Objects.equals(text(has), text(asked))) {
        return "inequivalent arg '%s' for %s: received %s but current is %s"
            .formatted(name, what, described(asked), described(has));
      }
    }
    return null;
  }

  private static @Nullable Value find(Value.MapOf arguments, String name) {
    for (Value.Entry entry : arguments.entries()) {
      if (entry.key().asText().equals(name)) {
        return entry.value();
      }
    }
    return null;
  }

  private static @Nullable String text(@Nullable Value value) {
    return value == null ? null : value.asText();
  }

  private static String described(@Nullable Value value) {
    if (value == null) {
      return "none";
    }
    String type =
        switch (value) {
          case Value.Str _, Value.Symbol _ -> "longstr";
          case Value.Bool _ -> "bool";
          case Value.Byte _ -> "byte";
          case Value.Short _ -> "short";
          case Value.Int _ -> "signedint";
          case Value.Long _ -> "long";
          case Value.Float _ -> "float";
          case Value.Double _ -> "double";
          default -> value.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
        };
    return "the value '" + value.asText() + "' of type '" + type + "'";
  }
}
