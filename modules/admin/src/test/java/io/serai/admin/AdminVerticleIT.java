package io.serai.admin;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdminVerticleIT {
  private static final NodeApi NO_API = (_, _, _) -> Future.succeededFuture(Optional.empty());

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpConnections unlimited = new HttpLimit().listener("http", 0);
  private Login login;

  @AfterEach
  void stop() throws Exception {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(60, SECONDS);
  }

  @Test
  void aHealthyNodeAnswers200OnEveryHealthPage() throws Exception {
    int port = open(FixedNode.healthy());
    for (String path : List.of("/health", "/health/live", "/health/ready")) {
      HttpResponse<String> answer = send("GET", port, path);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(new JsonObject(answer.body()).getString("status")).isEqualTo("up");
    }
  }

  @Test
  void aNodeThatIsNotReadyAnswers503WithTheReasonButIsStillAlive() throws Exception {
    int port =
        open(FixedNode.healthy().readiness(Check.down("listener mqtt", "not open on port 1883")));
    HttpResponse<String> ready = send("GET", port, "/health/ready");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).contains("not open on port 1883");
    assertThat(send("GET", port, "/health/live").statusCode()).isEqualTo(200);
    assertThat(send("GET", port, "/health").statusCode()).isEqualTo(503);
  }

  @Test
  void metricsComeInPrometheusTextFormat() throws Exception {
    HttpResponse<String> answer = send("GET", open(FixedNode.healthy()), "/metrics");
    assertThat(answer.headers().firstValue("content-type")).hasValue(MetricsPage.CONTENT_TYPE);
    assertThat(answer.body()).contains("serai_connections_opened_total 0.0");
  }

  @Test
  void closedMetricsWantAUserWhoMayMonitor() throws Exception {
    login =
        (user, password, isLocal) ->
            Future.succeededFuture(user.equals("eve") && password.equals("p:w") && isLocal);
    int port = open(FixedNode.healthy());
    HttpResponse<String> anonymous = send("GET", port, "/metrics");
    assertThat(anonymous.statusCode()).isEqualTo(401);
    assertThat(anonymous.headers().firstValue("www-authenticate"))
        .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Basic realm=\"serai\""));
    assertThat(anonymous.body()).doesNotContain("serai_");
    assertThat(metricsAs(port, "eve:p:w").statusCode()).isEqualTo(200);
    assertThat(metricsAs(port, "eve:p:w").body()).contains("serai_connections_opened_total");
    assertThat(metricsAs(port, "eve:wrong").statusCode()).isEqualTo(401);
    assertThat(metricsAs(port, "no colon").statusCode()).isEqualTo(401);
    assertThat(send("GET", port, "/health/ready").statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> metricsAs(int port, String credentials) throws Exception {
    String header =
        "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
            .header("Authorization", header)
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void headIsAnsweredOtherMethodsAndPathsAreRefused() throws Exception {
    int port = open(FixedNode.healthy());
    assertThat(send("HEAD", port, "/health/ready").statusCode()).isEqualTo(200);
    assertThat(send("POST", port, "/health/ready").statusCode()).isEqualTo(405);
    HttpResponse<String> missing = send("GET", port, "/api/nothing");
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(missing.headers().firstValue("content-type")).contains("application/json");
    assertThat(missing.body()).isEqualTo("{\"error\":\"no such page; GET / lists them\"}\n");
    assertThat(send("GET", port, "/").body()).contains("/api/streams/{vhost}/{stream}");
  }

  @Test
  void aPortInUseFailsTheDeployment() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      var admin =
          new AdminVerticle(
              FixedNode.healthy(),
              List.of("127.0.0.1"),
              taken.getLocalPort(),
              null,
              null,
              NO_API,
              unlimited);
      assertThatThrownBy(() ->
              vertx
                  .deployVerticle(admin)
                  .toCompletionStage()
                  .toCompletableFuture()
                  .get(60, SECONDS))
          .hasRootCauseInstanceOf(BindException.class);
    }
  }

  private int open(NodeView node) throws Exception {
    var admin = new AdminVerticle(node, List.of("127.0.0.1"), 0, null, login, NO_API, unlimited);
    vertx.deployVerticle(admin).toCompletionStage().toCompletableFuture().get(60, SECONDS);
    return admin.port();
  }

  private HttpResponse<String> send(String method, int port, String path) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
