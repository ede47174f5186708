package io.serai.admin;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Caller;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRef;
import io.serai.bus.Unrestricted;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** An admin listener whose node takes guest:secret, keeps what it is asked and says the answer. */
final class ScriptedNode implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final int port;

  /** What was asked so far. */
  final List<Request<?>> asked = new ArrayList<>();

  /** The answer to all that is asked. */
  Result<?> answer;

  ScriptedNode(Result<?> answer) throws Exception {
    this.answer = answer;
    NodeApi api =
        (visitor, vhost, request) -> {
          if (!visitor.user().equals("guest") || !visitor.password().equals("secret")) {
            return Future.succeededFuture(Optional.empty());
          }
          assertThat(visitor.isLocal()).isTrue();
          asked.add(
              request.apply(
                  new Caller(new SessionRef(0, 0), new Unrestricted("guest"), vhost, "")));
          return Future.succeededFuture(Optional.of(this.answer));
        };
    var admin =
        new AdminVerticle(
            FixedNode.healthy(),
            List.of("127.0.0.1"),
            0,
            null,
            null,
            api,
            new HttpLimit().listener("http", 0));
    vertx.deployVerticle(admin).toCompletionStage().toCompletableFuture().get(60, SECONDS);
    port = admin.port();
  }

  /** Asks as guest. */
  HttpResponse<String> send(String method, String path) throws Exception {
    return send(method, path, "guest:secret");
  }

  HttpResponse<String> send(String method, String path, String login) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header(
                "authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() throws Exception {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(60, SECONDS);
  }
}
