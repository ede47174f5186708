package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.MatchData;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Short words for what tests declare and publish. */
final class Specs {
  static final Origin ORIGIN = new Origin("amqp-0-9-1", TestUser.VHOST, "guest", "");

  private Specs() {}

  /** Match data that counts how many bindings a message came through. */
  record Matches(String name) implements MatchData {
    @Override
    public @Nullable MatchData fold(Message message, List<MatchData> matches) {
      List<String> names = new ArrayList<>();
      for (MatchData match : matches) {
        names.add(((Matches) match).name);
      }
      names.sort(null);
      return new Matches(String.join("+", names));
    }
  }

  // ---- queues and exchanges

  static QueueSpec queue(String name) {
    return queue(name, Lifetime.DURABLE, Source.CLIENT);
  }

  static QueueSpec queue(String name, Lifetime lifetime, Source source) {
    return new QueueSpec(name, QueueKind.CLASSIC, lifetime, false, Request.noArguments(), source);
  }

  static QueueSpec queueWith(String name, Value.MapOf arguments) {
    return new QueueSpec(
        name, QueueKind.CLASSIC, Lifetime.DURABLE, false, arguments, Source.CLIENT);
  }

  static ExchangeSpec exchange(String name, String type) {
    return exchange(name, type, Request.noArguments());
  }

  static ExchangeSpec exchange(String name, String type, Value.MapOf arguments) {
    return new ExchangeSpec(name, type, Lifetime.DURABLE, false, false, arguments, Source.CLIENT);
  }

  static ExchangeSpec autoDelete(String name, String type) {
    return new ExchangeSpec(
        name, type, Lifetime.DURABLE, true, false, Request.noArguments(), Source.CLIENT);
  }

  static ExchangeSpec internal(String name, String type) {
    return new ExchangeSpec(
        name, type, Lifetime.DURABLE, false, true, Request.noArguments(), Source.CLIENT);
  }

  static Value.MapOf alternate(String exchange) {
    return arguments("alternate-exchange", Value.of(exchange));
  }

  /** Name, value, name, value. */
  static Value.MapOf arguments(Object... namesAndValues) {
    List<Value.Entry> entries = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      entries.add(
          new Value.Entry(Value.of((String) namesAndValues[i]), (Value) namesAndValues[i + 1]));
    }
    return new Value.MapOf(entries);
  }

  // ---- bindings

  static BindingSpec toQueue(String source, String queue, String key) {
    return new BindingSpec(
        source, queue, false, key, Spelling.DOT, Request.noArguments(), null, Source.CLIENT);
  }

  static BindingSpec toQueue(String source, String queue, String key, Value.MapOf arguments) {
    return new BindingSpec(source, queue, false, key, Spelling.DOT, arguments, null, Source.CLIENT);
  }

  static BindingSpec toExchange(String source, String exchange, String key) {
    return new BindingSpec(
        source, exchange, true, key, Spelling.DOT, Request.noArguments(), null, Source.CLIENT);
  }

  /** An MQTT subscription. */
  static BindingSpec subscription(String queue, String filter, String matchName) {
    return new BindingSpec(
        Address.TOPIC_EXCHANGE,
        queue,
        false,
        filter,
        Spelling.SLASH,
        Request.noArguments(),
        new Matches(matchName),
        Source.CLIENT);
  }

  static BindingSpec byConfiguration(BindingSpec binding) {
    return new BindingSpec(
        binding.source(),
        binding.destination(),
        binding.toExchange(),
        binding.key(),
        binding.spelling(),
        binding.arguments(),
        binding.match(),
        Source.CONF);
  }

  // ---- rules

  static RoutingRule rule(String name, String mqttFilter, String toExchange, String toQueue) {
    return new RoutingRule(
        name,
        null,
        TopicFilter.ofMqtt(mqttFilter),
        null,
        null,
        toExchange,
        List.of(List.of(new RoutingRule.Fixed(toQueue))));
  }

  // ---- messages

  static Address address(String exchange, String key) {
    return new Address(exchange, Topic.of(key, Spelling.DOT));
  }

  static Message message(String exchange, String key) {
    return message(address(exchange, key), key);
  }

  static Message message(Address address, String body, Header... headers) {
    return new Message(
        address,
        new Encoding.Neutral(Properties.NONE, Headers.of(headers)),
        Body.ofUtf8(body),
        ORIGIN,
        1_000_000);
  }
}
