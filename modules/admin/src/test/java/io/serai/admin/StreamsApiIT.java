package io.serai.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamsApiIT {
  private static final String STREAM = "/api/streams/%2F/orders%2F0";

  private ScriptedNode node;

  @BeforeEach
  void start() throws Exception {
    node = new ScriptedNode(Result.ok(Request.Done.DONE));
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  @Test
  void aStreamIsShownWithHowFarItsReadersAre() throws Exception {
    node.answer =
        Result.ok(
            new Request.StreamInfo(
                100,
                500,
                12_345,
                List.of(
                    new Request.NamedReader("late", 40, 0),
                    new Request.NamedReader("billing", 480, 2))));
    HttpResponse<String> answer = node.send("GET", STREAM + "?limit=5000");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(node.asked)
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
    HttpResponse<String> answer = node.send("DELETE", STREAM + "/readers/bill%20ing");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(new JsonObject(answer.body()).getString("forgotten")).isEqualTo("bill ing");
    assertThat(node.asked)
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
    node.answer = Result.refused(Refusal.RESOURCE_LOCKED, "is being read");
    assertThat(node.send("DELETE", STREAM + "/readers/billing").statusCode()).isEqualTo(409);
    node.answer = Result.refused(Refusal.NOT_FOUND, "is no stream");
    assertThat(node.send("GET", STREAM).statusCode()).isEqualTo(404);
    assertThat(node.send("GET", STREAM + "?limit=0").statusCode()).isEqualTo(400);
  }
}
