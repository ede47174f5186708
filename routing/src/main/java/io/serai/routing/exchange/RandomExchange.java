package io.serai.routing.exchange;

import io.serai.model.Message;
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
    return new AnyOne(ListedBindings.EMPTY);
  }

  /** One binding at random. */
  record AnyOne(ListedBindings bindings) implements Matcher {
    @Override
    public Matcher with(Bound binding) {
      return new AnyOne(bindings.with(binding));
    }

    @Override
    public Matcher without(Bound binding) {
      return new AnyOne(bindings.without(binding));
    }

    @Override
    public void match(Message message, Consumer<Bound> matches) {
      List<Bound> all = bindings.inOrder();
      if (!all.isEmpty()) {
        matches.accept(all.get(ThreadLocalRandom.current().nextInt(all.size())));
      }
    }

    @Override
    public void forEach(Consumer<Bound> action) {
      bindings.forEach(action);
    }

    @Override
    public boolean dependsOnTopic() {
      return false;
    }

    @Override
    public boolean dependsOnMessage() {
      return true; // another one each time
    }
  }
}
