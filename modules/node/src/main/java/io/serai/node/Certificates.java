package io.serai.node;

import io.serai.config.Configuration;
import io.serai.config.ListenerConfig;
import io.serai.config.TlsConfig;
import io.serai.security.TlsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What is wrong with the certificates and keys that a configuration names. */
public final class Certificates {
  private Certificates() {}

  /**
   * Reads those of every listener as a start does. Blocks: not for an event loop.
   *
   * @return a line with file and line for each that is not usable, once for listeners that share it
   */
  public static List<String> problems(Configuration config) {
    Set<TlsConfig> seen = new HashSet<>();
    List<String> problems = new ArrayList<>();
    for (ListenerConfig listener : config.server().listeners()) {
      TlsConfig tls = listener.tls();
      if (tls != null && seen.add(tls)) {
        try {
          TlsMaterial.read(tls);
        } catch (TlsException e) {
          problems.add(problem(config, listener.name(), e));
        }
      }
    }
    return problems;
  }

  /** Where it is said, which listener it is for, and what is wrong with it. */
  static String problem(Configuration config, String listener, TlsException e) {
    return "%slistener %s: TLS: %s".formatted(place(config, e.file()), listener, e.getMessage());
  }

  private static String place(Configuration config, Path file) {
    return config.settings().stream()
        .filter(setting -> setting.value().equals(file))
        .findFirst()
        .map(setting -> setting.place() + " " + setting.key() + ": ")
        .orElse("");
  }
}
