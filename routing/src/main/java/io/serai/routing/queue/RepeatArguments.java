package io.serai.routing.queue;

import io.serai.bus.RepeatWindow;
import io.serai.model.Value;
import io.serai.routing.queue.ArgumentReader.Invalid;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of queues and exchanges that drop what a publisher sends twice, by the names of the
 * community's plugin for RabbitMQ.
 */
public final class RepeatArguments {
  /** The exchange type of that plugin: a fanout exchange that always looks for repeats. */
  public static final String EXCHANGE_TYPE = "x-message-deduplication";

  private static final String SWITCH = EXCHANGE_TYPE;
  private static final String HEADER = "x-deduplication-header";
  private static final String SIZE = "x-cache-size";
  private static final String TTL = "x-cache-ttl";

  /** Some 100 bytes each. */
  private static final int MAX_KEYS = 1_000_000;

  private static final int DEFAULT_KEYS = 10_000;
  private static final long DEFAULT_MILLIS = 600_000;

  private boolean isOn;
  private @Nullable String header;
  private int maxKeys = DEFAULT_KEYS;
  private long maxMillis = DEFAULT_MILLIS;

  /** Reads one argument, if it is one of these. */
  void take(ArgumentReader argument) throws Invalid {
    switch (argument.name()) {
      case SWITCH -> isOn = argument.flag();
      case HEADER -> header = argument.text();
      case SIZE -> {
        long keys = argument.positive();
        if (keys > MAX_KEYS) {
          throw argument.wrong("\"expected at most " + MAX_KEYS + ", got " + keys + "\"");
        }
        maxKeys = (int) keys;
      }
      case TTL -> maxMillis = argument.someMillis();
      default -> {} // somebody else's
    }
  }

  /** What they ask for, or null when they do not ask. */
  @Nullable RepeatWindow window(String scope) {
    return isOn ? new RepeatWindow(scope, header, maxKeys, maxMillis) : null;
  }

  /** The window of an exchange, or null for almost every one. */
  public static @Nullable RepeatWindow ofExchange(String name, String type, Value.MapOf arguments) {
    boolean isAlways = type.equals(EXCHANGE_TYPE);
    if (!isAlways && arguments.entries().isEmpty()) {
      return null;
    }
    RepeatArguments all = new RepeatArguments();
    all.isOn = isAlways;
    try {
      for (Value.Entry entry : arguments.entries()) {
        all.take(new ArgumentReader(entry.key().asText(), entry.value()));
      }
    } catch (Invalid e) {
      return null; // none was declared so
    }
    return all.window(name);
  }

  /** What is wrong with the arguments of an exchange, or null. */
  public static @Nullable String problem(String exchange, Value.MapOf arguments) {
    RepeatArguments all = new RepeatArguments();
    try {
      for (Value.Entry entry : arguments.entries()) {
        all.take(new ArgumentReader(entry.key().asText(), entry.value()));
      }
      return null;
    } catch (Invalid e) {
      return "invalid arg '%s' for exchange '%s'%s".formatted(e.argument, exchange, e.why);
    }
  }
}
