package io.serai.admin;

import io.serai.bus.Caller;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.model.Spelling;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait in a delayed exchange: {@code GET
 * /api/delayed-messages/VHOST/EXCHANGE?from=&limit=} lists them, {@code DELETE} with {@code
 * ?message-id=} cancels. The permissions are those of the user who logs in.
 */
final class DelayedApi {
  private static final String PATH = "/api/delayed-messages/:vhost/:exchange";
  private static final int USUAL_PAGE = 100;

  private final NodeApi node;

  DelayedApi(NodeApi node) {
    this.node = node;
  }

  void addTo(Router router) {
    router.get(PATH).handler(this::list);
    router.delete(PATH).handler(this::cancel);
  }

  private void list(RoutingContext request) {
    Long from = number(request, "from", 0);
    Long limit = number(request, "limit", USUAL_PAGE);
    if (from == null || limit == null || limit < 1) {
      refuse(request, 400, "from is a time in milliseconds, limit a number from 1");
      return;
    }
    int most = (int) Math.min(limit, Request.ListDelayed.MOST_LISTED);
    ask(
        request,
        caller -> new Request.ListDelayed(caller, parameter(request, "exchange"), from, most));
  }

  private void cancel(RoutingContext request) {
    String id = request.queryParams().get("message-id");
    if (id == null) {
      refuse(request, 400, "message-id is missing");
      return;
    }
    ask(request, caller -> new Request.CancelDelayed(caller, parameter(request, "exchange"), id));
  }

  private void ask(RoutingContext request, Function<Caller, Request<?>> question) {
    BasicCredentials credentials = BasicCredentials.of(request);
    if (credentials == null) {
      unauthorized(request);
      return;
    }
    NodeApi.Visitor visitor =
        new NodeApi.Visitor(
            credentials.user(),
            credentials.password(),
            Loopback.is(request.request().remoteAddress()));
    node.ask(visitor, parameter(request, "vhost"), question)
        .onSuccess(answer ->
            answer.ifPresentOrElse(known -> answer(request, known), () -> unauthorized(request)))
        .onFailure(request::fail);
  }

  /** A parameter that {@link #PATH} has. */
  private static String parameter(RoutingContext request, String name) {
    return Objects.requireNonNull(request.pathParam(name), name);
  }

  private static void answer(RoutingContext request, Result<?> result) {
    switch (result) {
      case Result.Ok<?>(Object value) -> send(request, 200, described((List<?>) value).encode());
      case Result.Refused<?>(Refusal reason, String text) ->
          refuse(
              request,
              switch (reason) {
                case NOT_FOUND -> 404;
                case ACCESS_REFUSED -> 403;
                default -> 500;
              },
              text);
    }
  }

  private static JsonArray described(List<?> messages) {
    JsonArray all = new JsonArray();
    for (Object one : messages) {
      if (one instanceof Request.DelayedMessage message) {
        all.add(
            new JsonObject()
                .put("exchange", message.address().exchange())
                .put("routing_key", message.address().topic().spelled(Spelling.DOT))
                .put("message_id", message.messageId())
                .put("due", Instant.ofEpochMilli(message.dueMillis()).toString())
                .put("due_ms", message.dueMillis())
                .put("body_bytes", message.bodyBytes()));
      }
    }
    return all;
  }

  private static @Nullable Long number(RoutingContext request, String name, long unlessGiven) {
    String text = request.queryParams().get(name);
    try {
      return text == null ? Long.valueOf(unlessGiven) : Long.valueOf(text);
    } catch (NumberFormatException _) {
      return null;
    }
  }

  private static void unauthorized(RoutingContext request) {
    BasicCredentials.ask(request);
    refuse(request, 401, "log in with a user of the broker");
  }

  private static void refuse(RoutingContext request, int status, String reason) {
    send(request, status, new JsonObject().put("error", reason).encode());
  }

  private static void send(RoutingContext request, int status, String json) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/json")
        .putHeader("cache-control", "no-store")
        .end(json + "\n");
  }
}
