package io.serai.admin;

import static io.serai.admin.ApiRequests.number;
import static io.serai.admin.ApiRequests.parameter;
import static io.serai.admin.ApiRequests.refuse;

import io.serai.bus.Request;
import io.serai.model.Spelling;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;

/**
 * Messages that wait in a delayed exchange: {@code GET
 * /api/delayed-messages/VHOST/EXCHANGE?from=&limit=} lists them, {@code DELETE} with {@code
 * ?message-id=} cancels. The permissions are those of the user who logs in.
 */
final class DelayedApi {
  private static final String PATH = "/api/delayed-messages/:vhost/:exchange";
  private static final int USUAL_PAGE = 100;

  private final ApiRequests requests;

  DelayedApi(ApiRequests requests) {
    this.requests = requests;
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
    requests.ask(
        request,
        caller -> new Request.ListDelayed(caller, parameter(request, "exchange"), from, most),
        DelayedApi::described);
  }

  private void cancel(RoutingContext request) {
    String id = request.queryParams().get("message-id");
    if (id == null) {
      refuse(request, 400, "message-id is missing");
      return;
    }
    requests.ask(
        request,
        caller -> new Request.CancelDelayed(caller, parameter(request, "exchange"), id),
        DelayedApi::described);
  }

  private static String described(Object messages) {
    JsonArray all = new JsonArray();
    for (Object one : (List<?>) messages) {
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
    return all.encode();
  }
}
