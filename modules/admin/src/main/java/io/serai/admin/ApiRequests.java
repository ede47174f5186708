package io.serai.admin;

import io.serai.bus.Caller;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks the routing core what an HTTP request wants to know, in the name of the user who logs in
 * with it and with that user's permissions, and answers in JSON.
 */
final class ApiRequests {
  private final NodeApi node;

  ApiRequests(NodeApi node) {
    this.node = node;
  }

  /**
   * Asks in the vhost that the path names.
   *
   * @param described the answer as it is sent
   */
  void ask(
      RoutingContext request,
      Function<Caller, Request<?>> question,
      Function<Object, String> described) {
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
            answer.ifPresentOrElse(
                known -> answer(request, known, described), () -> unauthorized(request)))
        .onFailure(request::fail);
  }

  private static void answer(
      RoutingContext request, Result<?> result, Function<Object, String> described) {
    switch (result) {
      case Result.Ok<?>(Object value) -> send(request, 200, described.apply(value));
      case Result.Refused<?>(Refusal reason, String text) ->
          refuse(
              request,
              switch (reason) {
                case NOT_FOUND -> 404;
                case ACCESS_REFUSED -> 403;
                case RESOURCE_LOCKED -> 409;
                case PRECONDITION_FAILED, NOT_ALLOWED -> 400;
                default -> 500;
              },
              text);
    }
  }

  /** A parameter that the path has. */
  static String parameter(RoutingContext request, String name) {
    return Objects.requireNonNull(request.pathParam(name), name);
  }

  /** A number of the query, or null when it is none. */
  static @Nullable Long number(RoutingContext request, String name, long unlessGiven) {
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

  static void refuse(RoutingContext request, int status, String reason) {
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
