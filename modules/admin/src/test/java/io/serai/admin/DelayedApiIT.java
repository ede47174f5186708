package io.serai.admin;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Caller;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRef;
import io.serai.bus.Unrestricted;
import io.serai.model.Address;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DelayedApiIT {
  private static final String PATH = "/api/delayed-messages/%2F/later%2Fon";

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Request<?>> asked = new ArrayList<>();
  private Result<?> result = Result.ok(List.of());
  private int port;

  @BeforeEach
  void open() throws Exception {
    NodeApi api =
        (visitor, vhost, request) -> {
          if (!visitor.user().equals("guest") || !visitor.password().equals("secret")) {
            return Future.succeededFuture(Optional.empty());
          }
          assertThat(visitor.isLocal()).isTrue();
          asked.add(
              request.apply(
                  new Caller(new SessionRef(0, 0), new Unrestricted("guest"), vhost, "")));
          return Future.succeededFuture(Optional.of(result));
        };
    var admin = new AdminVerticle(FixedNode.healthy(), List.of("127.0.0.1"), 0, null, null, api);
    vertx.deployVerticle(admin).toCompletionStage().toCompletableFuture().get(10, SECONDS);
    port = admin.port();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
  }

  private HttpResponse<String> send(String method, String path, String login) throws Exception {
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

  @Test
  void whatWaitsIsListedAsJson() throws Exception {
    result =
        Result.ok(
            List.of(
                new Request.DelayedMessage(
                    new Address("later/on", Topic.of("a.b", Spelling.DOT)),
                    "m1",
                    1_000_000_000_000L,
                    5),
                new Request.DelayedMessage(
                    new Address("later/on", Topic.of("a.c", Spelling.DOT)),
                    null,
                    1_000_000_000_001L,
                    0)));
    HttpResponse<String> answer = send("GET", PATH + "?from=7&limit=20", "guest:secret");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(asked)
        .singleElement()
        .isInstanceOfSatisfying(
            Request.ListDelayed.class,
            list -> {
              assertThat(list.caller().vhost()).isEqualTo("/");
              assertThat(list.exchange()).isEqualTo("later/on");
              assertThat(list.fromMillis()).isEqualTo(7);
              assertThat(list.most()).isEqualTo(20);
            });
    JsonArray messages = new JsonArray(answer.body());
    assertThat(messages.getJsonObject(0))
        .isEqualTo(
            new JsonObject()
                .put("exchange", "later/on")
                .put("routing_key", "a.b")
                .put("message_id", "m1")
                .put("due", "2001-09-09T01:46:40Z")
                .put("due_ms", 1_000_000_000_000L)
                .put("body_bytes", 5));
    assertThat(messages.getJsonObject(1).getString("message_id")).isNull();
  }

  @Test
  void cancellingNeedsAMessageId() throws Exception {
    assertThat(send("DELETE", PATH, "guest:secret").statusCode()).isEqualTo(400);
    assertThat(asked).isEmpty();
    assertThat(send("DELETE", PATH + "?message-id=m%201", "guest:secret").statusCode())
        .isEqualTo(200);
    assertThat(asked)
        .singleElement()
        .isInstanceOfSatisfying(
            Request.CancelDelayed.class, cancel -> assertThat(cancel.messageId()).isEqualTo("m 1"));
  }

  @Test
  void aPageIsBounded() throws Exception {
    send("GET", PATH + "?limit=1000000", "guest:secret");
    assertThat(asked)
        .singleElement()
        .isInstanceOfSatisfying(
            Request.ListDelayed.class,
            list -> assertThat(list.most()).isEqualTo(Request.ListDelayed.MOST_LISTED));
    assertThat(send("GET", PATH + "?limit=many", "guest:secret").statusCode()).isEqualTo(400);
    assertThat(send("GET", PATH + "?limit=0", "guest:secret").statusCode()).isEqualTo(400);
  }

  @Test
  void withoutALoginNothingIsAsked() throws Exception {
    HttpResponse<String> refused = send("GET", PATH, "guest:wrong");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("www-authenticate")).isPresent();
    assertThat(asked).isEmpty();
  }

  @Test
  void aRefusalSaysWhy() throws Exception {
    result = Result.refused(Refusal.ACCESS_REFUSED, "no read access");
    HttpResponse<String> answer = send("GET", PATH, "guest:secret");
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(new JsonObject(answer.body()).getString("error")).isEqualTo("no read access");
  }
}
