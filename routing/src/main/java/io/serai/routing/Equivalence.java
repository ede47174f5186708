package io.serai.routing;

import io.serai.bus.Caller;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueSpec;
import io.serai.bus.TypeNames;
import io.serai.model.Value;
import io.serai.routing.queue.QueueArguments;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Whether a redeclared object is the one that exists, told apart in RabbitMQ's words. */
final class Equivalence {
  private Equivalence() {}

  /** What differs, or null. */
  static @Nullable String of(ExchangeSpec present, ExchangeSpec wanted, String vhost) {
    String what = "exchange '%s' in vhost '%s'".formatted(present.name(), vhost);
    String difference = differ("type", what, present.type(), wanted.type());
    if (difference == null) {
      difference = differ("durable", what, isDurable(present), isDurable(wanted));
    }
    if (difference == null) {
      difference = differ("auto_delete", what, present.autoDelete(), wanted.autoDelete());
    }
    if (difference == null) {
      difference = differ("internal", what, present.internal(), wanted.internal());
    }
    return difference == null
        ? arguments(what, present.arguments(), wanted.arguments(), Equivalence::countsForExchange)
        : difference;
  }

  /** What differs, or null; whether both are exclusive is {@link #lock}'s matter. */
  static @Nullable String of(QueueSpec present, QueueSpec wanted, String vhost) {
    String what = "queue '%s' in vhost '%s'".formatted(present.name(), vhost);
    String difference = differ("durable", what, isDurable(present), isDurable(wanted));
    if (difference == null) {
      difference = differ("auto_delete", what, present.autoDelete(), wanted.autoDelete());
    }
    if (difference == null) {
      difference = differ("kind", what, kind(present), kind(wanted));
    }
    return difference == null
        ? arguments(what, present.arguments(), wanted.arguments(), QueueArguments::hasMeaning)
        : difference;
  }

  /** Why the caller may not use the queue, or null. */
  static @Nullable String lock(QueueEntry queue, Caller caller) {
    return queue.isLockedFor(caller.session()) ? locked(queue) : null;
  }

  /** Why the caller may not declare the queue as {@code wanted}, or null. */
  static @Nullable String lock(QueueEntry queue, Caller caller, QueueSpec wanted) {
    boolean isSame =
        (queue.spec().lifetime() == Lifetime.EXCLUSIVE)
            == (wanted.lifetime() == Lifetime.EXCLUSIVE);
    return isSame ? lock(queue, caller) : locked(queue);
  }

  private static String locked(QueueEntry queue) {
    return "cannot obtain exclusive access to locked queue '"
        + queue.spec().name()
        + "' in vhost '"
        + queue.ref().vhost()
        + "'. It could be originally declared on another connection or the exclusive property"
        + " value does not match that of the original declaration.";
  }

  private static boolean isDurable(ExchangeSpec spec) {
    return spec.lifetime() == Lifetime.DURABLE;
  }

  private static boolean isDurable(QueueSpec spec) {
    return spec.lifetime() == Lifetime.DURABLE;
  }

  private static String kind(QueueSpec spec) {
    return spec.kind().name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable String differ(
      String argument, String what, Object present, Object wanted) {
    return present.equals(wanted)
        ? null
        : "inequivalent arg '%s' for %s: received '%s' but current is '%s'"
            .formatted(argument, what, wanted, present);
  }

  // ---- arguments

  /** Others are the client's own notes, as in RabbitMQ. */
  private static boolean countsForExchange(String name) {
    return name.equals(Exchange.ALTERNATE_ARGUMENT) || name.startsWith("x-");
  }

  private static @Nullable String arguments(
      String what, Value.MapOf present, Value.MapOf wanted, Predicate<String> counts) {
    TreeSet<String> names = new TreeSet<>();
    present.entries().forEach(entry -> names.add(entry.key().asText()));
    wanted.entries().forEach(entry -> names.add(entry.key().asText()));
    for (String name : names) {
      Value has = present.first(name);
      Value asked = wanted.first(name);
      if (counts.test(name) && !isSame(has, asked) && !isDefaultType(name, has, asked)) {
        return "inequivalent arg '%s' for %s: %s".formatted(name, what, received(has, asked));
      }
    }
    return null;
  }

  /** Numbers compare by value: the width a client library picks does not count. */
  private static boolean isSame(@Nullable Value one, @Nullable Value other) {
    if (one == null || other == null) {
      return one == other;
    }
    BigDecimal first = one.exactNumber();
    BigDecimal second = other.exactNumber();
    return first != null && second != null ? first.compareTo(second) == 0 : one.equals(other);
  }

  /** A queue without a type is a classic one. */
  private static boolean isDefaultType(String name, @Nullable Value has, @Nullable Value asked) {
    return name.equals("x-queue-type")
        && (has == null || asked == null)
        && (has == null ? asked : has) instanceof Value.Str(String type)
        && type.equals("classic");
  }

  /** Two values are shown as such, what is there beside nothing with its type, as in RabbitMQ. */
  private static String received(@Nullable Value has, @Nullable Value asked) {
    return has == null || asked == null
        ? "received %s but current is %s".formatted(described(asked), described(has))
        : "received '%s' but current is '%s'".formatted(asked.asText(), has.asText());
  }

  private static String described(@Nullable Value value) {
    return value == null
        ? "none"
        : "the value '" + value.asText() + "' of type '" + TypeNames.of(value) + "'";
  }
}
