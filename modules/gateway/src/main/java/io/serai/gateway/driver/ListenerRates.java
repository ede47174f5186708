package io.serai.gateway.driver;

import org.jspecify.annotations.Nullable;

/**
 * What the connections of one listener may send together, as far as one loop is concerned.
 *
 * @param messages null when they may publish as many as they like
 * @param bytes null when they may send as many as they like
 */
record ListenerRates(@Nullable SharedRate messages, @Nullable SharedRate bytes) {
  /** Nothing is limited. */
  static final ListenerRates NONE = new ListenerRates(null, null);

  boolean isNone() {
    return messages == null && bytes == null;
  }
}
