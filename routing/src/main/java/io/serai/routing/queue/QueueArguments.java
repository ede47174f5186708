package io.serai.routing.queue;

import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Result;
import io.serai.model.Value;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code x-} arguments a queue was declared with, checked. Refusals read as RabbitMQ's do:
 * {@code invalid arg 'x-message-ttl' for queue 'q' in vhost '/': {value_negative,-1}}.
 *
 * @param messageTtlMillis most time a message stays ready, -1 for no limit; 0 means deliver at once
 *     or drop
 * @param expiresMillis time without use after which the queue goes, -1 for never
 * @param limits most ready messages and bytes, and what happens beyond
 */
public record QueueArguments(long messageTtlMillis, long expiresMillis, QueueLimits limits) {
  /** RabbitMQ's longest time: about 49 days. */
  private static final long MAX_MILLIS = 4_294_967_295L;

  /** Known to RabbitMQ's users; refused because ignoring them would change what happens. */
  private static final Set<String> NOT_YET =
      Set.of(
          "x-max-priority",
          "x-dead-letter-exchange",
          "x-dead-letter-routing-key",
          "x-dead-letter-strategy",
          "x-single-active-consumer",
          "x-delivery-limit",
          "x-consumer-timeout",
          "x-max-age",
          "x-stream-max-segment-size-bytes",
          "x-initial-cluster-size",
          "x-quorum-initial-group-size");

  /** Hints about placement, format and mirrors that one node's queues follow by being there. */
  private static final Set<String> HINTS =
      Set.of(
          "x-queue-leader-locator",
          "x-queue-master-locator",
          "x-queue-version",
          "x-ha-policy",
          "x-ha-nodes");

  private static final Map<String, Overflow> OVERFLOWS =
      Map.of("drop-head", Overflow.DROP_HEAD, "reject-publish", Overflow.REJECT_PUBLISH);

  private static final Set<String> MODES = Set.of("default", "lazy");

  /** An argument that is refused; {@code why} is what follows the colon. */
  private static final class Invalid extends Exception {
    final String argument;
    final String why;

    Invalid(String argument, String why) {
      super(why, null, false, false);
      this.argument = argument;
      this.why = why;
    }
  }

  /** Reads and checks the arguments of a queue. */
  public static Result<QueueArguments> parse(String vhost, QueueSpec spec) {
    try {
      return Result.ok(read(spec.arguments().entries()));
    } catch (Invalid invalid) {
      return Result.refused(
          Refusal.PRECONDITION_FAILED,
          "invalid arg '%s' for %s: %s"
              .formatted(invalid.argument, named(vhost, spec.name()), invalid.why));
    }
  }

  /** How messages to users call a queue. */
  static String named(QueueRef queue) {
    return named(queue.vhost(), queue.name());
  }

  private static String named(String vhost, String name) {
    return "queue '%s' in vhost '%s'".formatted(name, vhost);
  }

  private static QueueArguments read(List<Value.Entry> entries) throws Invalid {
    long messageTtl = -1;
    long expires = -1;
    long maxMessages = QueueLimits.UNLIMITED;
    long maxBytes = QueueLimits.UNLIMITED;
    Overflow overflow = Overflow.DROP_HEAD;
    for (Value.Entry entry : entries) {
      String name = entry.key().asText();
      Value value = entry.value();
      switch (name) {
        case "x-message-ttl" -> messageTtl = millis(name, value);
        case "x-expires" -> {
          expires = millis(name, value);
          if (expires == 0) {
            throw new Invalid(name, "{value_zero,0}");
          }
        }
        case "x-max-length" -> maxMessages = count(name, value);
        case "x-max-length-bytes" -> maxBytes = count(name, value);
        case "x-overflow" -> overflow = overflow(name, value);
        case "x-queue-type" -> {
          if (!text(name, value).equals("classic")) {
            throw new Invalid(name, "\"unsupported queue type '" + text(name, value) + "'\"");
          }
        }
        case "x-queue-mode" -> {
          if (!MODES.contains(text(name, value))) {
            throw new Invalid(name, "invalid_queue_mode");
          }
        }
        default -> checkKnown(name);
      }
    }
    return new QueueArguments(
        messageTtl, expires, new QueueLimits(maxMessages, maxBytes, overflow));
  }

  private static void checkKnown(String name) throws Invalid {
    if (NOT_YET.contains(name)) {
      throw new Invalid(name, "not supported yet");
    }
    if (name.startsWith("x-") && !HINTS.contains(name)) {
      throw new Invalid(name, "unknown argument");
    }
  }

  private static Overflow overflow(String name, Value value) throws Invalid {
    String text = text(name, value);
    Overflow known = OVERFLOWS.get(text);
    if (known == null) {
      // reject-publish-dlx needs dead lettering.
      throw new Invalid(
          name, text.equals("reject-publish-dlx") ? "not supported yet" : "invalid_overflow");
    }
    return known;
  }

  private static long millis(String name, Value value) throws Invalid {
    long millis = count(name, value);
    if (millis > MAX_MILLIS) {
      throw new Invalid(name, "{value_too_big," + millis + "}");
    }
    return millis;
  }

  private static long count(String name, Value value) throws Invalid {
    BigInteger number = integer(value);
    if (number == null) {
      throw new Invalid(name, "{unacceptable_type," + typeName(value) + "}");
    }
    if (number.signum() < 0) {
      throw new Invalid(name, "{value_negative," + number + "}");
    }
    if (number.bitLength() > 63) {
      throw new Invalid(name, "{value_too_big," + number + "}");
    }
    return number.longValue();
  }

  private static String text(String name, Value value) throws Invalid {
    return switch (value) {
      case Value.Str(String text) -> text;
      case Value.Symbol(String text) -> text;
      default -> throw new Invalid(name, "{unacceptable_type," + typeName(value) + "}");
    };
  }

  private static @Nullable BigInteger integer(Value value) {
    return switch (value) {
      case Value.Byte(byte number) -> BigInteger.valueOf(number);
      case Value.UByte(int number) -> BigInteger.valueOf(number);
      case Value.Short(short number) -> BigInteger.valueOf(number);
      case Value.UShort(int number) -> BigInteger.valueOf(number);
      case Value.Int(int number) -> BigInteger.valueOf(number);
      case Value.UInt(long number) -> BigInteger.valueOf(number);
      case Value.Long(long number) -> BigInteger.valueOf(number);
      case Value.ULong(long bits) -> new BigInteger(Long.toUnsignedString(bits));
      default -> null;
    };
  }

  /** What RabbitMQ calls the type in its messages. */
  private static String typeName(Value value) {
    return switch (value) {
      case Value.Null _ -> "void";
      case Value.Bool _ -> "bool";
      case Value.Byte _ -> "byte";
      case Value.UByte _ -> "unsignedbyte";
      case Value.Short _ -> "short";
      case Value.UShort _ -> "unsignedshort";
      case Value.Int _ -> "signedint";
      case Value.UInt _ -> "unsignedint";
      case Value.Long _ -> "long";
      case Value.ULong _ -> "unsignedlong";
      case Value.Float _ -> "float";
      case Value.Double _ -> "double";
      case Value.Decimal _ -> "decimal";
      case Value.Timestamp _ -> "timestamp";
      case Value.Binary _ -> "binary";
      case Value.MapOf _ -> "table";
      case Value.ListOf _, Value.ArrayOf _ -> "array";
      case Value.Str _, Value.Symbol _, Value.Char _, Value.Uuid _ -> "longstr";
      case Value.Described _ -> "described";
    };
  }
}
