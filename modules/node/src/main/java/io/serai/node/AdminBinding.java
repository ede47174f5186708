package io.serai.node;

import io.serai.admin.AdminVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ServerSSLOptions;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Binds the HTTP listener, which one verticle serves on every address. */
final class AdminBinding implements Listeners.Binding {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Vertx vertx;
  private final BiFunction<List<String>, Integer, AdminVerticle> verticles;
  private @Nullable AdminVerticle bound;

  /**
   * @param verticles HTTP on hosts and a port
   */
  AdminBinding(Vertx vertx, BiFunction<List<String>, Integer, AdminVerticle> verticles) {
    this.vertx = vertx;
    this.verticles = verticles;
  }

  @Override
  public void bind(List<String> hosts, int port) {
    AdminVerticle verticle = verticles.apply(hosts, port);
    Waits.get(vertx.deployVerticle(verticle), LIMIT, "opening HTTP");
    bound = verticle;
  }

  @Override
  public Future<?> useTls(ServerSSLOptions tls) {
    AdminVerticle verticle = bound;
    return verticle == null ? Future.succeededFuture() : verticle.useTls(tls);
  }
}
