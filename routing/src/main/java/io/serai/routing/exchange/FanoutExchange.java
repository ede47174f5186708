package io.serai.routing.exchange;

import io.serai.model.Message;
import io.serai.routing.index.PersistentMap;
import java.util.function.Consumer;

/** Routes to every binding, whatever the keys (AMQP 0-9-1 §3.1.3.2). */
public final class FanoutExchange implements ExchangeType {
  @Override
  public String name() {
    return "fanout";
  }

  @Override
  public Matcher emptyMatcher() {
    return new Everyone(PersistentMap.empty());
  }

  private record Everyone(PersistentMap<Bound, Bound> bindings) implements Matcher {
    @Override
    public Matcher with(Bound binding) {
      return new Everyone(bindings.with(binding, binding));
    }

    @Override
    public Matcher without(Bound binding) {
      return new Everyone(bindings.without(binding));
    }

    @Override
    public void match(Message message, Consumer<Bound> matches) {
      forEach(matches);
    }

    @Override
    public void forEach(Consumer<Bound> action) {
      bindings.forEach((binding, _) -> action.accept(binding));
    }

    @Override
    public boolean dependsOnTopic() {
      return false;
    }
  }
}
