package io.serai.routing.exchange;

import io.serai.bus.BindingSpec;
import org.jspecify.annotations.Nullable;

/**
 * A binding in force. Equality leaves out match data and source: binding again replaces them.
 *
 * @param spec as it was asked for
 * @param destination resolved
 */
public record Bound(BindingSpec spec, Destination destination) {
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bound that
        && destination.equals(that.destination)
        && spec.key().equals(that.spec.key())
        && spec.source().equals(that.spec.source())
        && spec.spelling() == that.spec.spelling()
        && spec.arguments().equals(that.spec.arguments());
  }

  @Override
  public int hashCode() {
    return 31 * spec.key().hashCode() + destination.hashCode();
  }
}
