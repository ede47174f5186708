package io.serai.routing.exchange;

import io.serai.model.Message;
import io.serai.model.Spelling;
import java.util.List;
import java.util.function.Consumer;

/**
 * Gives each message to one of its bindings by the hash of its routing key modulo their number, as
 * RabbitMQ's sharding does; binding keys do not count. Equal keys go the same way as long as the
 * bindings are the same, also after a restart; a binding that comes or goes moves most keys.
 */
public final class ModulusHashExchange implements ExchangeType {
  @Override
  public String name() {
    return "x-modulus-hash";
  }

  @Override
  public Matcher emptyMatcher() {
    return new ByRemainder(ListedBindings.EMPTY);
  }

  private record ByRemainder(ListedBindings bindings) implements Matcher {
    @Override
    public Matcher with(Bound binding) {
      return new ByRemainder(bindings.with(binding));
    }

    @Override
    public Matcher without(Bound binding) {
      return new ByRemainder(bindings.without(binding));
    }

    @Override
    public void match(Message message, Consumer<Bound> matches) {
      List<Bound> all = bindings.inOrder();
      if (!all.isEmpty()) {
        long hash = StableHash.of(message.topic().spelled(Spelling.DOT));
        matches.accept(all.get((int) Long.remainderUnsigned(StableHash.mixed(hash), all.size())));
      }
    }

    @Override
    public void forEach(Consumer<Bound> action) {
      bindings.forEach(action);
    }
  }
}
