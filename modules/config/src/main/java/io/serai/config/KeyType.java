package io.serai.config;

import com.typesafe.config.ConfigValue;

/**
 * The type of a key's value: reads it strictly and says what is allowed.
 *
 * @param <T> what a valid value becomes
 */
interface KeyType<T> {

  /** Reads {@code value}, which is neither null nor unresolved. */
  Reading<T> read(ConfigValue value, ReadContext context);

  /** What is allowed, for errors and for the reference page: {@code whole number 0 to 65535}. */
  String allowed();

  /** Whether the value may never be shown. */
  default boolean isSecret() {
    return false;
  }

  /** The outcome of reading one value. */
  sealed interface Reading<T> {}

  /** A valid value. */
  record Good<T>(T value) implements Reading<T> {}

  /**
   * An invalid value.
   *
   * @param message what was found
   * @param hint what to write instead
   */
  record Bad<T>(String message, String hint) implements Reading<T> {}

  /** The usual mismatch: {@code expected X, found Y}. */
  default Reading<T> expected(ConfigValue found) {
    String what = isSecret() ? Found.kind(found) + " (not shown)" : Found.describe(found);
    return new Bad<>("expected " + allowed() + ", found " + what, "");
  }
}
