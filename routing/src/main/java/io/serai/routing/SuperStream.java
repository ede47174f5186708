package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.model.Spelling;
import io.serai.model.Value;
import io.serai.routing.exchange.SuperStreamExchange;
import io.serai.routing.queue.QueueArguments;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A super stream as one declares it: an exchange of type {@code x-super-stream} whose argument
 * {@code x-partitions} says how many streams stand behind it. They are called as the exchange with
 * {@code -0}, {@code -1} and so on behind its name, as RabbitMQ's tools call them, and get its
 * other arguments.
 */
record SuperStream(ExchangeSpec exchange, int partitions) {
  static final String PARTITIONS = "x-partitions";

  /** Each is a folder with files of its own. */
  private static final int MOST_PARTITIONS = 1_000;

  /** The super stream that an exchange asks for, or null when it asks for none. */
  static @Nullable SuperStream of(ExchangeSpec exchange) {
    Value partitions = asked(exchange);
    return partitions == null || problem(exchange) != null
        ? null
        : new SuperStream(exchange, Integer.parseInt(partitions.asText()));
  }

  private static @Nullable Value asked(ExchangeSpec exchange) {
    return exchange.type().equals(SuperStreamExchange.TYPE)
        ? exchange.arguments().first(PARTITIONS)
        : null;
  }

  /** What is wrong with what an exchange asks for, or null. */
  static @Nullable String problem(ExchangeSpec exchange) {
    Value asked = asked(exchange);
    if (asked == null) {
      return null;
    }
    String text = asked.asText();
    boolean isCount = text.length() <= 4 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int count = isCount && !text.isEmpty() ? Integer.parseInt(text) : 0;
    if (count < 1 || count > MOST_PARTITIONS) {
      return "invalid arg '%s' for exchange '%s': expected 1 to %d, found %s"
          .formatted(PARTITIONS, exchange.name(), MOST_PARTITIONS, text);
    }
    if (exchange.lifetime() != Lifetime.DURABLE) {
      return "invalid property 'non-durable' for super stream '%s'".formatted(exchange.name());
    }
    return QueueArguments.parse("/", new SuperStream(exchange, 1).stream(0))
            instanceof Result.Refused<QueueArguments>(_, String why)
        ? why
        : null;
  }

  /** The streams behind it. */
  List<QueueSpec> streams() {
    List<QueueSpec> streams = new ArrayList<>(partitions);
    for (int i = 0; i < partitions; i++) {
      streams.add(stream(i));
    }
    return streams;
  }

  private String name(int partition) {
    return exchange.name() + '-' + partition;
  }

  private QueueSpec stream(int partition) {
    List<Value.Entry> arguments = new ArrayList<>();
    arguments.add(new Value.Entry(Value.of("x-queue-type"), Value.of("stream")));
    for (Value.Entry entry : exchange.arguments().entries()) {
      String name = entry.key().asText();
      if (!name.equals(PARTITIONS) && !name.equals(Exchange.ALTERNATE_ARGUMENT)) {
        arguments.add(entry);
      }
    }
    return new QueueSpec(
        name(partition),
        QueueKind.CLASSIC,
        Lifetime.DURABLE,
        false,
        new Value.MapOf(arguments),
        exchange.source());
  }

  /** What binds them to it. */
  List<BindingSpec> bindings() {
    List<BindingSpec> bindings = new ArrayList<>(partitions);
    for (int i = 0; i < partitions; i++) {
      bindings.add(
          new BindingSpec(
              exchange.name(),
              name(i),
              false,
              Integer.toString(i),
              Spelling.DOT,
              Request.noArguments(),
              null,
              exchange.source()));
    }
    return bindings;
  }
}
