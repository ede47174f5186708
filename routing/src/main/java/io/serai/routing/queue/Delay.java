package io.serai.routing.queue;

import io.serai.model.Header;
import io.serai.model.Message;
import io.serai.model.Rewrite;
import io.serai.model.Value;
import org.jspecify.annotations.Nullable;

/**
 * How long a publisher wants a message held before it is routed: the header {@code x-delay}, in
 * milliseconds. A message whose delay is over carries the negative number, as with RabbitMQ's
 * plugin: its consumer sees how long it waited, and nothing delays it again.
 */
public final class Delay {
  private static final String HEADER = "x-delay";

  /** About 49 days, RabbitMQ's most; longer delays last that long. */
  private static final long MAX_MILLIS = 4_294_967_295L;

  private Delay() {}

  /** Milliseconds to wait, 0 when the message wants none or has waited. */
  public static long millisOf(Message message) {
    return Math.clamp(number(message.headers().first(HEADER)), 0, MAX_MILLIS);
  }

  /** The message as it goes on; from now on its time to live counts. */
  static Message over(Message message, long nowMillis) {
    return message.republished(
        message.address(),
        Rewrite.with(new Header(HEADER, negative(message.headers().first(HEADER)))),
        nowMillis);
  }

  /** Of the same type where it is signed, for clients that read the others as unsigned. */
  private static Value negative(@Nullable Value value) {
    return switch (value) {
      case Value.Byte(byte millis) -> new Value.Byte((byte) -millis);
      case Value.UByte(int millis) -> new Value.Short((short) -millis);
      case Value.Short(short millis) -> new Value.Short((short) -millis);
      case Value.UShort(int millis) -> new Value.Int(-millis);
      case Value.Int(int millis) -> new Value.Int(-millis);
      case Value.Str(String text) -> Value.of("-" + text);
      case null, default -> new Value.Long(-number(value));
    };
  }

  /** What is no whole number is no delay. */
  private static long number(@Nullable Value value) {
    return switch (value) {
      case Value.Byte(byte millis) -> millis;
      case Value.UByte(int millis) -> millis;
      case Value.Short(short millis) -> millis;
      case Value.UShort(int millis) -> millis;
      case Value.Int(int millis) -> millis;
      case Value.UInt(long millis) -> millis;
      case Value.Long(long millis) -> millis;
      case Value.ULong(long millis) -> millis < 0 ? Long.MAX_VALUE : millis;
      case Value.Str(String text) -> number(text);
      case null, default -> 0;
    };
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
