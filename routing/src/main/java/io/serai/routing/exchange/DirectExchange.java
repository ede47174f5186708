package io.serai.routing.exchange;

import io.serai.model.Message;
import io.serai.model.Topic;
import io.serai.routing.index.PersistentMap;
import java.util.function.Consumer;

/** Routes to bindings whose key equals the routing key (AMQP 0-9-1 §3.1.3.1). */
public final class DirectExchange implements ExchangeType {
  @Override
  public String name() {
    return "direct";
  }

  @Override
  public Matcher emptyMatcher() {
    return new ByKey(PersistentMap.empty());
  }

  private record ByKey(PersistentMap<Topic, PersistentMap<Bound, Bound>> bindings)
      implements Matcher {
    private static Topic key(Bound binding) {
      return Topic.of(binding.spec().key(), binding.spec().spelling());
    }

    @Override
    public Matcher with(Bound binding) {
      Topic key = key(binding);
      PersistentMap<Bound, Bound> same = bindings.get(key);
      if (same == null) {
        same = PersistentMap.empty();
      }
      return new ByKey(bindings.with(key, same.with(binding, binding)));
    }

    @Override
    public Matcher without(Bound binding) {
      Topic key = key(binding);
      PersistentMap<Bound, Bound> same = bindings.get(key);
      if (same == null) {
        return this;
      }
      PersistentMap<Bound, Bound> left = same.without(binding);
      return new ByKey(left.isEmpty() ? bindings.without(key) : bindings.with(key, left));
    }

    @Override
    public void match(Message message, Consumer<Bound> matches) {
      PersistentMap<Bound, Bound> same = bindings.get(message.topic());
      if (same != null) {
        same.forEach((binding, _) -> matches.accept(binding));
      }
    }

    @Override
    public void forEach(Consumer<Bound> action) {
      bindings.forEach((_, same) -> same.forEach((binding, _) -> action.accept(binding)));
    }
  }
}
