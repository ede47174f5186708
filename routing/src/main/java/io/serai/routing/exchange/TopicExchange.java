package io.serai.routing.exchange;

import io.serai.bus.BindingSpec;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.TopicFilter;
import io.serai.routing.index.TopicIndex;
import java.util.function.Consumer;

/**
 * Routes by topic filter (AMQP 0-9-1 §3.1.3.3, MQTT 5.0 §4.7): a key spelled with dots is an AMQP
 * pattern, one spelled with slashes an MQTT filter; both match over levels.
 */
public final class TopicExchange implements ExchangeType {
  @Override
  public String name() {
    return "topic";
  }

  @Override
  public Matcher emptyMatcher() {
    return new ByFilter(TopicIndex.empty());
  }

  @Override
  public boolean isTopic() {
    return true;
  }

  /** The filter a binding's key stands for. */
  public static TopicFilter filter(BindingSpec binding) {
    return binding.spelling() == Spelling.SLASH
        ? TopicFilter.ofMqtt(binding.key())
        : TopicFilter.ofAmqp(binding.key());
  }

  private record ByFilter(TopicIndex<Bound> bindings) implements Matcher {
    @Override
    public Matcher with(Bound binding) {
      return new ByFilter(bindings.with(filter(binding.spec()), binding));
    }

    @Override
    public Matcher without(Bound binding) {
      return new ByFilter(bindings.without(filter(binding.spec()), binding));
    }

    @Override
    public void match(Message message, Consumer<Bound> matches) {
      bindings.match(message.topic(), matches);
    }

    @Override
    public void forEach(Consumer<Bound> action) {
      bindings.forEach(action);
    }
  }
}
