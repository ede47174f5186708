package io.serai.routing.queue;

import io.serai.bus.TypeNames;
import io.serai.model.Value;
import java.math.BigInteger;

/**
 * Reads the value of one {@code x-} argument, or says in RabbitMQ's words what is wrong with it.
 */
record ArgumentReader(String name, Value value) {
  /** A hundred years: Celery's delays ask for more than the 49 days of older RabbitMQs. */
  private static final long MAX_MILLIS = 3_153_600_000_000L;

  /**
   * An argument that is refused; {@code why} is what follows the queue's name, or the whole text
   * when no argument is named.
   */
  static final class Invalid extends Exception {
    final String argument;
    final String why;

    Invalid(String argument, String why) {
      super(why, null, false, false);
      this.argument = argument;
      this.why = why;
    }

    /** A refusal that says nothing of the queue, only what is in the text. */
    static Invalid whole(String text) {
      return new Invalid("", text);
    }
  }

  /** What is wrong with the value. */
  Invalid wrong(String why) {
    return new Invalid(name, ": " + why);
  }

  /** Milliseconds, 0 to a hundred years. */
  long millis() throws Invalid {
    return atMost(MAX_MILLIS);
  }

  /** Milliseconds, 1 to a hundred years. */
  long someMillis() throws Invalid {
    return positive(millis());
  }

  /** A whole number from 1. */
  long positive() throws Invalid {
    return positive(count());
  }

  private long positive(long number) throws Invalid {
    if (number == 0) {
      throw wrong("{value_zero,0}");
    }
    return number;
  }

  /** A whole number from 0. */
  long count() throws Invalid {
    return atLeast(0);
  }

  /** A whole number from 0 up to a limit. */
  long atMost(long most) throws Invalid {
    long number = count();
    if (number > most) {
      throw wrong("{value_too_large," + number + "}");
    }
    return number;
  }

  /** A whole number from {@code least}. */
  long atLeast(long least) throws Invalid {
    BigInteger number = value.wholeNumber();
    if (number == null) {
      throw wrong("\"expected integer, got " + TypeNames.of(value) + "\"");
    }
    if (number.compareTo(BigInteger.valueOf(least)) < 0) {
      throw wrong("{value_negative," + number + "}");
    }
    if (number.bitLength() > 63) {
      throw wrong("{value_too_large," + number + "}");
    }
    return number.longValue();
  }

  String text() throws Invalid {
    return switch (value) {
      case Value.Str(String text) -> text;
      case Value.Symbol(String text) -> text;
      default -> throw unacceptable();
    };
  }

  /**
   * The name of an exchange, for which RabbitMQ's refusal has other words.
   *
   * @param of whose argument it is
   */
  String exchange(String of) throws Invalid {
    return switch (value) {
      case Value.Str(String text) -> text;
      case Value.Symbol(String text) -> text;
      default ->
          throw Invalid.whole(
              "invalid type '%s' for arg '%s' in %s".formatted(TypeNames.of(value), name, of));
    };
  }

  boolean flag() throws Invalid {
    if (value instanceof Value.Bool(boolean flag)) {
      return flag;
    }
    throw unacceptable();
  }

  private Invalid unacceptable() {
    return wrong("{unacceptable_type," + TypeNames.of(value) + "}");
  }
}
