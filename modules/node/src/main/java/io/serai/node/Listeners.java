package io.serai.node;

import io.serai.config.Configuration;
import io.serai.config.ListenerConfig;
import io.serai.config.TlsConfig;
import io.serai.security.TlsException;
import io.vertx.core.net.NetServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open listeners of a node and the certificates they show. Opening and changing wait: not for
 * event loops.
 */
final class Listeners {
  private static final Logger log = LoggerFactory.getLogger(Listeners.class);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** How a listener is bound, and told of other certificates. */
  interface Binding extends ListenerOpener.Binding, TlsSwitch {}

  private static final class Entry {
    final OpenListener open;
    final TlsSwitch binding;
    volatile @Nullable TlsMaterial tls;

    Entry(OpenListener open, TlsSwitch binding, @Nullable TlsMaterial tls) {
      this.open = open;
      this.binding = binding;
      this.tls = tls;
    }
  }

  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  /** Open listeners in the order they were opened, with their real ports. */
  List<OpenListener> open() {
    return entries.stream().map(entry -> entry.open).toList();
  }

  /**
   * Opens a listener.
   *
   * @param bindings makes the binding, given what switches TLS on in a server's options or null
   * @throws StartFailure naming the listener, what is wrong and what to change
   */
  void open(
      ListenerConfig listener,
      BiFunction<ListenerConfig, @Nullable Consumer<NetServerOptions>, Binding> bindings) {
    TlsConfig config = listener.tls();
    TlsMaterial tls = null;
    if (config != null) {
      try {
        tls = TlsMaterial.read(config);
      } catch (TlsException e) {
        throw new StartFailure(
            "listener %s: TLS: %s".formatted(listener.name(), e.getMessage()), e);
      }
    }
    Binding binding = bindings.apply(listener, tls == null ? null : tls::applyTo);
    entries.add(new Entry(ListenerOpener.open(listener, binding), binding, tls));
  }

  // ---- other certificates while the node runs

  /**
   * Reads the certificates that another configuration names for the listeners that are open.
   *
   * @param problems gets a line with file and line for each that is not usable
   * @return what has changed, by listener
   */
  Map<String, TlsMaterial> readChanged(Configuration newer, List<String> problems) {
    Map<String, TlsMaterial> changed = new LinkedHashMap<>();
    for (ListenerConfig listener : newer.server().listeners()) {
      TlsConfig config = listener.tls();
      TlsMaterial inForce = inForce(listener.name());
      if (config == null || inForce == null) {
        continue; // no TLS, not open, or TLS only after the next start
      }
      try {
        TlsMaterial read = TlsMaterial.read(config);
        if (!read.isSame(inForce)) {
          changed.put(listener.name(), read);
        }
      } catch (TlsException e) {
        problems.add(Certificates.problem(newer, listener.name(), e));
      }
    }
    return changed;
  }

  private @Nullable TlsMaterial inForce(String name) {
    for (Entry entry : entries) {
      if (entry.open.name().equals(name)) {
        return entry.tls;
      }
    }
    return null;
  }

  /** What the listeners of {@code changed} use now, to go back to it. */
  Map<String, TlsMaterial> inForce(Map<String, TlsMaterial> changed) {
    Map<String, TlsMaterial> before = new LinkedHashMap<>();
    for (Entry entry : entries) {
      TlsMaterial tls = entry.tls;
      if (tls != null && changed.containsKey(entry.open.name())) {
        before.put(entry.open.name(), tls);
      }
    }
    return before;
  }

  /**
   * Uses other certificates, all or none, from the next handshake on.
   *
   * @return why not; empty when they are in use
   */
  List<String> use(Map<String, TlsMaterial> changed) {
    Map<String, TlsMaterial> before = inForce(changed);
    List<String> problems = new ArrayList<>();
    changed.forEach((name, tls) -> use(name, tls, problems));
    if (!problems.isEmpty()) {
      before.forEach((name, tls) -> use(name, tls, new ArrayList<>()));
    }
    return problems;
  }

  private void use(String name, TlsMaterial tls, List<String> problems) {
    for (Entry entry : entries) {
      if (entry.open.name().equals(name)) {
        try {
          Waits.get(
              entry.binding.useTls(tls.loaded().options()), LIMIT, "changing the certificate");
          entry.tls = tls;
          log.atInfo()
              .addKeyValue("listener", name)
              .addKeyValue("not_after", tls.loaded().notAfter())
              .log("certificate in use");
        } catch (RuntimeException e) {
          problems.add("listener %s: TLS: %s".formatted(name, e.getMessage()));
        }
      }
    }
  }
}
