package io.serai.gateway.stomp;

import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Source;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.TextProperties;
import io.serai.gateway.stomp.StompEncoding.Field;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The headers of SEND and SUBSCRIBE that shape a queue, with RabbitMQ's names. */
final class QueueHeaders {
  private static final Set<String> NUMBERS =
      Set.of(
          "x-message-ttl",
          "x-expires",
          "x-max-length",
          "x-max-length-bytes",
          "x-max-priority",
          "x-delivery-limit",
          "x-quorum-initial-group-size",
          "x-max-in-memory-length",
          "x-max-in-memory-bytes",
          "x-stream-max-segment-size-bytes",
          "x-stream-filter-size-bytes",
          "x-initial-cluster-size");
  private static final Set<String> TEXTS =
      Set.of(
          "x-dead-letter-exchange",
          "x-dead-letter-routing-key",
          "x-dead-letter-strategy",
          "x-overflow",
          "x-queue-type",
          "x-queue-mode",
          "x-queue-leader-locator",
          "x-max-age");
  private static final Set<String> FLAGS = Set.of("x-single-active-consumer");

  /** The argument of a queue that takes some messages only. */
  static final String SELECTOR = "x-message-selector";

  private QueueHeaders() {}

  /**
   * The queue's arguments, typed; of repeated headers the first counts.
   *
   * @throws io.serai.gateway.ProtocolException when a value is not of its argument's type
   */
  static Value.MapOf arguments(FrameHead head) {
    List<Value.Entry> entries = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Field field : head.fields()) {
      if (field.name().startsWith("x-")) {
        Value value = value(field);
        if (value != null && seen.add(field.name())) {
          entries.add(new Value.Entry(Value.of(field.name()), value));
        }
      }
    }
    return new Value.MapOf(entries);
  }

  private static @Nullable Value value(Field field) {
    String text = field.value();
    if (NUMBERS.contains(field.name())) {
      long number = TextProperties.decimal(text, Long.MAX_VALUE);
      if (number < 0) {
        throw invalid(field, "a whole number");
      }
      return new Value.Long(number);
    }
    if (FLAGS.contains(field.name())) {
      return new Value.Bool(flag(field.name(), text));
    }
    return TEXTS.contains(field.name()) ? Value.of(text) : null;
  }

  /**
   * What the header {@code name} says, or {@code otherwise} when there is none.
   *
   * @throws io.serai.gateway.ProtocolException when it is neither true nor false
   */
  static boolean flag(FrameHead head, String name, boolean otherwise) {
    String text = head.first(name);
    return text == null ? otherwise : flag(name, text);
  }

  private static boolean flag(String name, String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw invalid(new Field(name, text), "true or false");
    };
  }

  /** The error for a value that its header does not take. */
  static ProtocolException invalid(Field field, String expected) {
    return StompErrors.of(
        "Invalid " + field.name(),
        "%s is %s, expected %s"
            .formatted(field.name(), StompErrors.quoted(field.value()), expected),
        "");
  }

  /** A queue as STOMP's own rules have it: durable unless the headers say otherwise. */
  static QueueSpec shared(String name, @Nullable FrameHead head, Value.MapOf arguments) {
    boolean isExclusive = head != null && flag(head, "exclusive", false);
    boolean isDurable = head == null || flag(head, "durable", true);
    return new QueueSpec(
        name,
        QueueKind.CLASSIC,
        isExclusive ? Lifetime.EXCLUSIVE : isDurable ? Lifetime.DURABLE : Lifetime.TRANSIENT,
        head != null && flag(head, "auto-delete", false),
        arguments,
        Source.CLIENT);
  }
}
