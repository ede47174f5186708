package io.serai.node;

import io.serai.config.Catalogue;
import io.serai.config.ConfigLoader;
import io.serai.config.Vocabulary;
import io.serai.gateway.Gateway;
import io.serai.routing.exchange.ExchangeTypes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/**
 * What this build can do: the gateways on the class path.
 *
 * @param gateways by protocol name
 */
public record Installed(Map<String, Gateway> gateways) {
  static final String HTTP = "http";

  public Installed {
    gateways = Map.copyOf(gateways);
  }

  /** Looks at the class path. */
  public static Installed find() {
    Map<String, Gateway> gateways = new LinkedHashMap<>();
    for (Gateway gateway : ServiceLoader.load(Gateway.class)) {
      Gateway other = gateways.putIfAbsent(gateway.name(), gateway);
      if (other != null) {
        throw new IllegalStateException(
            "two gateways speak %s: %s and %s; leave one on the class path"
                .formatted(gateway.name(), other.getClass(), gateway.getClass()));
      }
    }
    return new Installed(gateways);
  }

  /** A loader that opens listeners of these gateways only. */
  public ConfigLoader loader() {
    Set<String> protocols = new TreeSet<>(gateways.keySet());
    protocols.add(HTTP);
    return new ConfigLoader(
        Catalogue.standard(),
        Vocabulary.standard()
            .withProtocols(protocols)
            .withExchangeTypes(new TreeSet<>(ExchangeTypes.names()))
            .withCore(new InstalledCore()));
  }
}
