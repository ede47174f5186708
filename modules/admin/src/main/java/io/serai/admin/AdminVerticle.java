package io.serai.admin;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP listener: {@code /health/live}, {@code /health/ready}, {@code /health} (both), {@code
 * /metrics} and the API of {@link DelayedApi} and {@link StreamsApi}. Health needs no login,
 * metrics may; neither shows names of users, clients or topics. Deploy one instance.
 */
public final class AdminVerticle extends VerticleBase {
  private static final int IDLE_TIMEOUT_SECONDS = 60;

  /** When who is one too many may try again. */
  private static final String RETRY_AFTER_SECONDS = "10";

  private final NodeView node;
  private final List<String> hosts;
  private final int wantedPort;
  private final @Nullable Consumer<NetServerOptions> tls;
  private final @Nullable Login metricsLogin;
  private final NodeApi api;
  private final HttpConnections connections;
  private final MetricsPage metrics;
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
  private volatile int port;

  /**
   * @param hosts addresses to listen on, at least one
   * @param port the port on all of them; 0 takes a free one
   * @param tls adds keys and trust to the server's options; null for plain HTTP
   * @param metricsLogin decides who may read {@code /metrics}; null opens it to everybody
   * @param api carries out what users ask for
   * @param connections the listener's own, over all addresses
   */
  public AdminVerticle(
      NodeView node,
      List<String> hosts,
      int port,
      @Nullable Consumer<NetServerOptions> tls,
      @Nullable Login metricsLogin,
      NodeApi api,
      HttpConnections connections) {
    this.node = node;
    this.hosts = List.copyOf(hosts);
    this.wantedPort = port;
    this.tls = tls;
    this.metricsLogin = metricsLogin;
    this.api = api;
    this.connections = connections;
    this.metrics = new MetricsPage(node);
  }

  /** The real port, once deployed. */
  public int port() {
    return port;
  }

  /** Uses other keys and certificates from the next handshake on. From any thread. */
  public Future<?> useTls(ServerSSLOptions changed) {
    Future<?> done = Future.succeededFuture();
    for (HttpServer server : servers) {
      done = done.compose(_ -> server.updateSSLOptions(changed));
    }
    return done;
  }

  @Override
  public Future<?> start() {
    Router router = routes();
    Future<HttpServer> opened = open(router, hosts.getFirst(), wantedPort);
    for (String host : hosts.subList(1, hosts.size())) {
      opened = opened.compose(first -> open(router, host, first.actualPort()).map(first));
    }
    return opened.onSuccess(first -> port = first.actualPort());
  }

  @Override
  public Future<?> stop() {
    return vertx.executeBlocking(() -> {
      metrics.close();
      return null;
    });
  }

  private Future<HttpServer> open(Router router, String host, int port) {
    var options =
        new HttpServerOptions()
            .setHost(host)
            .setPort(port)
            .setIdleTimeout(IDLE_TIMEOUT_SECONDS)
            .setCompressionSupported(false)
            // HTTP/1.1 only: where a peer may choose, it is not counted before it has chosen
            .setHttp2ClearTextEnabled(false)
            .setUseAlpn(false);
    if (tls != null) {
      tls.accept(options);
    }
    return vertx
        .createHttpServer(options)
        .connectionHandler(connections::arrived)
        .requestHandler(request -> {
          if (connections.isRefused(request.connection())) {
            answerOnce(router, request);
          } else {
            router.handle(request);
          }
        })
        .listen()
        .onSuccess(servers::add);
  }

  /**
   * Whoever is one too many hears that, and is gone. Of the node's health it hears all the same:
   * who watches that restarts the node, or sends its clients elsewhere, when it is told 503.
   */
  private static void answerOnce(Router router, HttpServerRequest request) {
    request
        .response()
        .putHeader("connection", "close")
        .endHandler(_ -> request.connection().close());
    String path = request.path();
    if (path != null && path.startsWith("/health")) {
      router.handle(request);
    } else {
      request
          .response()
          .setStatusCode(503)
          .putHeader("retry-after", RETRY_AFTER_SECONDS)
          .putHeader("content-type", "application/json")
          .end("{\"error\":\"too many connections\"}\n");
    }
  }

  private Router routes() {
    Router router = Router.router(vertx);
    health(router, "/health/live", node::liveness);
    health(router, "/health/ready", node::readiness);
    health(
        router,
        "/health",
        () -> Stream.of(node.liveness(), node.readiness()).flatMap(List::stream).toList());
    page(router, "/metrics", this::metrics);
    ApiRequests requests = new ApiRequests(api);
    new DelayedApi(requests).addTo(router);
    new StreamsApi(requests).addTo(router);
    page(router, "/", this::index);
    router.errorHandler(404, it -> ApiRequests.refuse(it, 404, "no such page; GET / lists them"));
    return router;
  }

  private static void page(
      Router router, String path, io.vertx.core.Handler<RoutingContext> handler) {
    router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
  }

  private static void health(Router router, String path, Supplier<List<Check>> checks) {
    page(
        router,
        path,
        request -> {
          HealthPage page = HealthPage.of(checks.get());
          answer(request, page.status(), page.json());
        });
  }

  private void metrics(RoutingContext request) {
    Login login = metricsLogin;
    if (login == null) {
      sendMetrics(request);
      return;
    }
    BasicCredentials credentials = BasicCredentials.of(request);
    if (credentials == null) {
      refuse(request);
      return;
    }
    SocketAddress remote = request.request().remoteAddress();
    login
        .mayMonitor(credentials.user(), credentials.password(), Loopback.is(remote))
        .onSuccess(may -> {
          if (may) {
            sendMetrics(request);
          } else {
            refuse(request);
          }
        })
        .onFailure(request::fail);
  }

  private static void refuse(RoutingContext request) {
    BasicCredentials.ask(request)
        .putHeader("content-type", "text/plain; charset=utf-8")
        .end("A user with the tag monitoring or administrator may read this.\n");
  }

  private void sendMetrics(RoutingContext request) {
    vertx
        .executeBlocking(metrics::text, false)
        .onSuccess(text ->
            request
                .response()
                .putHeader("content-type", MetricsPage.CONTENT_TYPE)
                .putHeader("cache-control", "no-store")
                .end(text))
        .onFailure(request::fail);
  }

  private void index(RoutingContext request) {
    answer(
        request,
        200,
        new JsonObject()
            .put("product", "Serai")
            .put("version", node.version())
            .put(
                "pages",
                JsonArray.of(
                    "/health",
                    "/health/live",
                    "/health/ready",
                    "/metrics",
                    "/api/delayed-messages/{vhost}/{exchange}",
                    "/api/streams/{vhost}/{stream}")));
  }

  private static void answer(RoutingContext request, int status, JsonObject json) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/json")
        .putHeader("cache-control", "no-store")
        .end(json.encode() + "\n");
  }
}
