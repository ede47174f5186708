package io.serai.routing.exchange;

import io.serai.bus.BindingSpec;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Value;
import io.serai.routing.index.PersistentMap;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Spreads messages over its bindings so that equal keys always go the same way: the routing key, or
 * the header or property named by the exchange's {@code hash-header} or {@code hash-property}. A
 * binding's key is its weight, a whole number from 1. When a binding comes or goes, only messages
 * that it gets or got go another way (weighted rendezvous hashing), also after a restart.
 */
public final class ConsistentHashExchange implements ExchangeType {
  private static final String HASH_HEADER = "hash-header";
  private static final String HASH_PROPERTY = "hash-property";
  private static final Set<String> PROPERTIES = Set.of("message_id", "correlation_id", "timestamp");

  /** More would not be told apart from it. */
  private static final int MAX_WEIGHT = 1_000_000;

  @Override
  public String name() {
    return "x-consistent-hash";
  }

  @Override
  public Matcher emptyMatcher() {
    return new ByHash(null, null, PersistentMap.empty());
  }

  @Override
  public Matcher emptyMatcher(Value.MapOf arguments) {
    return new ByHash(
        argument(arguments, HASH_HEADER),
        argument(arguments, HASH_PROPERTY),
        PersistentMap.empty());
  }

  @Override
  public @Nullable String check(Value.MapOf arguments) {
    String property = argument(arguments, HASH_PROPERTY);
    if (property == null) {
      return null;
    }
    if (argument(arguments, HASH_HEADER) != null) {
      return "hash-header and hash-property are mutually exclusive";
    }
    return PROPERTIES.contains(property) ? null : "Unsupported property: " + property;
  }

  @Override
  public @Nullable String checkBinding(BindingSpec binding, Value.MapOf declared) {
    try {
      return Integer.parseInt(binding.key()) < 1 ? "The binding key must be greater than 0" : null;
    } catch (NumberFormatException e) {
      String key = binding.key().isEmpty() ? "" : "\"" + binding.key() + "\"";
      return "The binding key must be an integer: <<" + key + ">>"; // as Erlang writes it
    }
  }

  private static @Nullable String argument(Value.MapOf arguments, String name) {
    Value argument = arguments.first(name);
    return argument == null ? null : argument.asText();
  }

  /** A binding's part in the choice. */
  private record Share(long seed, int weight) {
    static Share of(Bound binding) {
      BindingSpec spec = binding.spec();
      return new Share(
          StableHash.of((spec.toExchange() ? "e" : "q") + spec.destination()),
          Math.min(MAX_WEIGHT, Integer.parseInt(spec.key())));
    }

    /** Smaller is better; a binding of twice the weight is best twice as often. */
    double distance(long hash) {
      return -Math.log(StableHash.fraction(hash ^ seed)) / weight;
    }
  }

  private record ByHash(
      @Nullable String header, @Nullable String property, PersistentMap<Bound, Share> bindings)
      implements Matcher {
    @Override
    public Matcher with(Bound binding) {
      return new ByHash(header, property, bindings.with(binding, Share.of(binding)));
    }

    @Override
    public Matcher without(Bound binding) {
      return new ByHash(header, property, bindings.without(binding));
    }

    @Override
    public void forEach(Consumer<Bound> action) {
      bindings.forEach((binding, _) -> action.accept(binding));
    }

    @Override
    public void match(Message message, Consumer<Bound> matches) {
      Nearest nearest = new Nearest(StableHash.of(key(message)));
      bindings.forEach(nearest::consider);
      if (nearest.found != null) {
        matches.accept(nearest.found);
      }
    }

    @Override
    public boolean dependsOnMessage() {
      return header != null || property != null;
    }

    private String key(Message message) {
      if (header != null) {
        return text(message.headers().first(header));
      }
      if (property == null) {
        return message.topic().spelled(Spelling.DOT);
      }
      Properties properties = message.properties();
      return switch (property) {
        case "message_id" -> text(properties.messageId());
        case "correlation_id" -> text(properties.correlationId());
        default -> Long.toString(properties.timestampMillis());
      };
    }

    private static String text(@Nullable Value value) {
      return switch (value) {
        case null -> "";
        case Value.Binary(byte[] bytes) -> new String(bytes, StandardCharsets.ISO_8859_1);
        default -> value.asText();
      };
    }
  }

  /** The binding nearest to a key, so far. */
  private static final class Nearest {
    private final long hash;
    private double distance = Double.POSITIVE_INFINITY;
    @Nullable Bound found;

    Nearest(long hash) {
      this.hash = hash;
    }

    void consider(Bound binding, Share share) {
      double own = share.distance(hash);
      if (own < distance) {
        distance = own;
        found = binding;
      }
    }
  }
}
