package io.serai.admin;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Caller;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRef;
import io.serai.bus.Unrestricted;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamsApiIT {
  private static final String STREAM = "/api/streams/%2F/orders%2F0";
  private static final String LOGIN = "Basic Z3Vlc3Q6c2VjcmV0"; // guest:secret

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Request<?>> asked = new ArrayList<>();
  private Result<?> result = Result.ok(Request.Done.DONE);
  private int port;

  @BeforeEach
  void open() throws Exception {
    NodeApi api =
        (visitor, vhost, request) -> {
          Caller caller =
              new Caller(new SessionRef(0, 0), new Unrestricted(visitor.user()), vhost, "");
          asked.add(request.apply(caller));
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

  private HttpResponse<String> send(String method, String path) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("authorization", LOGIN)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aStreamIsShownWithHowFarItsReadersAre() throws Exception {
    result =
        Result.ok(
            new Request.StreamInfo(
                100,
                500,
                12_345,
                List.of(
                    new Request.NamedReader("late", 40, 0),
                    new Request.NamedReader("billing", 480, 2))));
    HttpResponse<String> answer = send("GET", STREAM + "?limit=5000");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(asked)
        .singleElement()
        .isInstanceOfSatisfying(
            Request.InspectStream.class,
            it -> {
              assertThat(it.caller().vhost()).isEqualTo("/");
              assertThat(it.stream()).isEqualTo("orders/0");
              assertThat(it.most()).isEqualTo(Request.InspectStream.MOST_LISTED);
            });
    JsonObject stream = new JsonObject(answer.body());
    assertThat(stream.getLong("first_offset")).isEqualTo(100);
    assertThat(stream.getLong("next_offset")).isEqualTo(500);
    assertThat(stream.getLong("size_bytes")).isEqualTo(12_345);
    assertThat(stream.getJsonArray("readers").getJsonObject(0))
        .as("what retention took is not ahead of it any more")
        .isEqualTo(
            new JsonObject()
                .put("name", "late")
                .put("next_offset", 40)
                .put("behind", 400)
                .put("attached", 0));
    assertThat(stream.getJsonArray("readers").getJsonObject(1).getInteger("behind")).isEqualTo(20);
  }

  @Test
  void aNameIsForgotten() throws Exception {
    HttpResponse<String> answer = send("DELETE", STREAM + "/readers/bill%20ing");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(new JsonObject(answer.body()).getString("forgotten")).isEqualTo("bill ing");
    assertThat(asked)
        .singleElement()
        .isInstanceOfSatisfying(
            Request.ForgetReader.class,
            it -> {
              assertThat(it.stream()).isEqualTo("orders/0");
              assertThat(it.name()).isEqualTo("bill ing");
            });
  }

  @Test
  void refusalsHaveTheirStatus() throws Exception {
    result = Result.refused(Refusal.RESOURCE_LOCKED, "is being read");
    assertThat(send("DELETE", STREAM + "/readers/billing").statusCode()).isEqualTo(409);
    result = Result.refused(Refusal.NOT_FOUND, "is no stream");
    assertThat(send("GET", STREAM).statusCode()).isEqualTo(404);
    assertThat(send("GET", STREAM + "?limit=0").statusCode()).isEqualTo(400);
  }
}
