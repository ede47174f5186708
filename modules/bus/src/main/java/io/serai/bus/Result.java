package io.serai.bus;

/**
 * The answer to a {@link Request}: a value, or why not.
 *
 * @param <R> the value
 */
public sealed interface Result<R> {
  /** It was done. */
  record Ok<R>(R value) implements Result<R> {}

  /**
   * It was refused and changed nothing.
   *
   * @param text names the object and says what is wrong, in RabbitMQ's words where it has any, such
   *     as {@code no queue 'x' in vhost '/'}; without a code in front
   */
  record Refused<R>(Refusal reason, String text) implements Result<R> {}

  static <R> Result<R> ok(R value) {
    return new Ok<>(value);
  }

  static <R> Result<R> refused(Refusal reason, String text) {
    return new Refused<>(reason, text);
  }
}
