package io.serai.routing.exchange;

import io.serai.model.Message;
import io.serai.model.Value;
import io.serai.routing.index.PersistentMap;
import java.math.BigDecimal;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Routes to all its bindings, whatever the keys, and gives what is bound the last messages that
 * came before: RabbitMQ's exchange for chat rooms. How many, {@code x-recent-history-length} says;
 * a message with the header {@code x-recent-history-no-store} set to true is not among them.
 */
public final class RecentHistoryExchange implements ExchangeType {
  private static final String LENGTH = "x-recent-history-length";
  private static final String NO_STORE = "x-recent-history-no-store";
  private static final int DEFAULT_LENGTH = 20;

  /** What one binding brings into a queue at once. */
  private static final int MAX_LENGTH = 10_000;

  @Override
  public String name() {
    return "x-recent-history";
  }

  @Override
  public Matcher emptyMatcher() {
    return new History(PersistentMap.empty(), DEFAULT_LENGTH);
  }

  @Override
  public Matcher emptyMatcher(Value.MapOf arguments) {
    Value length = arguments.first(LENGTH);
    BigDecimal most = length == null ? null : length.exactNumber();
    return most == null ? emptyMatcher() : new History(PersistentMap.empty(), most.intValue());
  }

  @Override
  public @Nullable String check(Value.MapOf arguments) {
    Value length = arguments.first(LENGTH);
    if (length == null) {
      return null;
    }
    BigDecimal number = length.exactNumber();
    if (number == null || number.signum() <= 0 || number.stripTrailingZeros().scale() > 0) {
      return "Invalid argument %s, 'x-recent-history-length' must be a positive integer"
          .formatted(length.asText());
    }
    return number.compareTo(BigDecimal.valueOf(MAX_LENGTH)) > 0
        ? "Invalid argument %s, 'x-recent-history-length' must be at most %d"
            .formatted(length.asText(), MAX_LENGTH)
        : null;
  }

  private record History(PersistentMap<Bound, Bound> bindings, int most) implements Remembering {
    @Override
    public Matcher with(Bound binding) {
      return new History(bindings.with(binding, binding), most);
    }

    @Override
    public Matcher without(Bound binding) {
      return new History(bindings.without(binding), most);
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
    public void forEachAdded(@Nullable Remembering older, Consumer<Bound> action) {
      PersistentMap<Bound, Bound> before =
          older instanceof History history ? history.bindings : PersistentMap.empty();
      bindings.forEachChange(
          before,
          (binding, was, is) -> {
            if (was == null && is != null) {
              action.accept(binding);
            }
          });
    }

    @Override
    public boolean remembers(Message message) {
      Value noStore = message.headers().first(NO_STORE);
      return !(noStore instanceof Value.Bool(boolean isSet) && isSet);
    }

    @Override
    public boolean dependsOnTopic() {
      return false;
    }

    @Override
    public boolean dependsOnMessage() {
      return true; // each is remembered
    }
  }
}
