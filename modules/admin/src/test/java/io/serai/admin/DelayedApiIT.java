package io.serai.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.model.Address;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DelayedApiIT {
  private static final String PATH = "/api/delayed-messages/%2F/later%2Fon";

  private ScriptedNode node;

  @BeforeEach
  void start() throws Exception {
    node = new ScriptedNode(Result.ok(List.of()));
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  @Test
  void whatWaitsIsListedAsJson() throws Exception {
    node.answer =
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
    HttpResponse<String> answer = node.send("GET", PATH + "?from=7&limit=20");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(node.asked)
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
    assertThat(node.send("DELETE", PATH).statusCode()).isEqualTo(400);
    assertThat(node.asked).isEmpty();
    assertThat(node.send("DELETE", PATH + "?message-id=m%201").statusCode()).isEqualTo(200);
    assertThat(node.asked)
        .singleElement()
        .isInstanceOfSatisfying(
            Request.CancelDelayed.class, cancel -> assertThat(cancel.messageId()).isEqualTo("m 1"));
  }

  @Test
  void aPageIsBounded() throws Exception {
    node.send("GET", PATH + "?limit=1000000");
    assertThat(node.asked)
        .singleElement()
        .isInstanceOfSatisfying(
            Request.ListDelayed.class,
            list -> assertThat(list.most()).isEqualTo(Request.ListDelayed.MOST_LISTED));
    assertThat(node.send("GET", PATH + "?limit=many").statusCode()).isEqualTo(400);
    assertThat(node.send("GET", PATH + "?limit=0").statusCode()).isEqualTo(400);
  }

  @Test
  void withoutALoginNothingIsAsked() throws Exception {
    HttpResponse<String> refused = node.send("GET", PATH, "guest:wrong");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("www-authenticate")).isPresent();
    assertThat(node.asked).isEmpty();
  }

  @Test
  void aRefusalSaysWhy() throws Exception {
    node.answer = Result.refused(Refusal.ACCESS_REFUSED, "no read access");
    HttpResponse<String> answer = node.send("GET", PATH);
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(new JsonObject(answer.body()).getString("error")).isEqualTo("no read access");
  }
}
