package io.serai.node;

import io.serai.gateway.driver.Listener;
import io.serai.gateway.driver.ListenerSpec;
import io.vertx.core.Future;
import io.vertx.core.net.ServerSSLOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** Binds a gateway's listener on every loop. Vert.x lets the loops share one socket per address. */
final class GatewayBinding implements Listeners.Binding {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private record Opened(LoopVerticle loop, Listener listener) {}

  private final List<LoopVerticle> loops;
  private final BiFunction<String, Integer, ListenerSpec> specs;
  private List<Opened> bound = List.of();

  /**
   * @param specs the listener on a host and port
   */
  GatewayBinding(List<LoopVerticle> loops, BiFunction<String, Integer, ListenerSpec> specs) {
    this.loops = loops;
    this.specs = specs;
  }

  @Override
  public void bind(List<String> hosts, int port) {
    List<Opened> opened = new ArrayList<>();
    try {
      for (String host : hosts) {
        ListenerSpec spec = specs.apply(host, port);
        for (LoopVerticle loop : loops) {
          opened.add(new Opened(loop, Waits.get(loop.open(spec), LIMIT, "opening " + spec.name())));
        }
      }
    } catch (RuntimeException e) {
      for (Opened one : opened) {
        Waits.get(one.loop.close(one.listener), LIMIT, "closing a listener");
      }
      throw e;
    }
    bound = opened;
  }

  @Override
  public Future<?> useTls(ServerSSLOptions tls) {
    // One after the other: the loops share a server, and Vert.x 5.0.7 overflows its stack when an
    // update of it meets another.
    Future<?> done = Future.succeededFuture();
    for (Opened one : bound) {
      done = done.compose(_ -> one.loop.useTls(one.listener, tls));
    }
    return done;
  }
}
