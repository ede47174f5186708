package io.serai.routing.exchange;

import io.serai.model.Message;
import java.util.function.Consumer;

/** Somebody's exchange type with a fault: it cannot be bound. */
public final class BrokenExchange implements ExchangeType {
  @Override
  public String name() {
    return "x-broken";
  }

  @Override
  public Matcher emptyMatcher() {
    return new Matcher() {
      @Override
      public Matcher with(Bound binding) {
        throw new IllegalStateException("a fault of this exchange type");
      }

      @Override
      public Matcher without(Bound binding) {
        return this;
      }

      @Override
      public void match(Message message, Consumer<Bound> matches) {
        throw new IllegalStateException("a fault of this exchange type");
      }

      @Override
      public void forEach(Consumer<Bound> action) {}
    };
  }
}
