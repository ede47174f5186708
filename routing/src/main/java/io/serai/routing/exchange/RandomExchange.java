package io.serai.routing.exchange;

import io.serai.model.Message;
import io.serai.routing.index.PersistentMap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** Routes each message to one of its bindings, chosen at random, whatever the keys. */
public final class RandomExchange implements ExchangeType {
  @Override
  public String name() {
    return "x-random";
  }

  @Override
  public Matcher emptyMatcher() {
    return new AnyOne(PersistentMap.empty(), List.of());
  }

  /**
   * @param inOrder the same bindings, to choose from by number
   */
  private record AnyOne(PersistentMap<Bound, Bound> bindings, List<Bound> inOrder)
      implements Matcher {
    private static AnyOne of(PersistentMap<Bound, Bound> bindings) {
      List<Bound> inOrder = new ArrayList<>();
      bindings.forEach((binding, _) -> inOrder.add(binding));
      return new AnyOne(bindings, List.copyOf(inOrder));
    }

    @Override
    public Matcher with(Bound binding) {
      return of(bindings.with(binding, binding));
    }

    @Override
    public Matcher without(Bound binding) {
      return of(bindings.without(binding));
    }

    @Override
    public void match(Message message, Consumer<Bound> matches) {
      if (!inOrder.isEmpty()) {
        matches.accept(inOrder.get(ThreadLocalRandom.current().nextInt(inOrder.size())));
      }
    }

    @Override
    public void forEach(Consumer<Bound> action) {
      inOrder.forEach(action);
    }

    @Override
    public boolean dependsOnMessage() {
      return true; // another one each time
    }
  }
}
