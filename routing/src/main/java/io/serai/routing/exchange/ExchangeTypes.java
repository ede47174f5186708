package io.serai.routing.exchange;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The exchange types this node knows, by name. */
public final class ExchangeTypes {
  private static final Map<String, ExchangeType> KNOWN = load();

  private ExchangeTypes() {}

  private static Map<String, ExchangeType> load() {
    Map<String, ExchangeType> types = new TreeMap<>();
    for (ExchangeType type :
        ServiceLoader.load(ExchangeType.class, ExchangeType.class.getClassLoader())) {
      ExchangeType other = types.put(type.name(), type);
      if (other != null) {
        throw new IllegalStateException(
            "two exchange types are called " + type.name() + ": " + other + " and " + type);
      }
    }
    return Collections.unmodifiableMap(types);
  }

  /** The type of that name, or null. */
  public static @Nullable ExchangeType find(String name) {
    return KNOWN.get(name);
  }

  /** All names, sorted. */
  public static Collection<String> names() {
    return KNOWN.keySet();
  }
}
