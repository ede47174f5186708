package io.serai.admin;

import static io.serai.admin.ApiRequests.parameter;

import io.serai.bus.Request;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * Streams and how far their readers have come: {@code GET /api/streams/VHOST/STREAM?limit=} shows a
 * stream, {@code DELETE /api/streams/VHOST/STREAM/readers/NAME} forgets a name's place. The
 * permissions are those of the user who logs in.
 */
final class StreamsApi {
  private static final String STREAM = "/api/streams/:vhost/:stream";
  private static final String READER = STREAM + "/readers/:name";
  private static final int USUAL_PAGE = 100;

  private final ApiRequests requests;

  StreamsApi(ApiRequests requests) {
    this.requests = requests;
  }

  void addTo(Router router) {
    router.get(STREAM).handler(this::show);
    router.delete(READER).handler(this::forget);
  }

  private void show(RoutingContext request) {
    Long limit = ApiRequests.number(request, "limit", USUAL_PAGE);
    if (limit == null || limit < 1) {
      ApiRequests.refuse(request, 400, "limit is a number from 1");
      return;
    }
    int most = (int) Math.min(limit, Request.InspectStream.MOST_LISTED);
    requests.ask(
        request,
        caller -> new Request.InspectStream(caller, parameter(request, "stream"), most),
        StreamsApi::described);
  }

  private void forget(RoutingContext request) {
    requests.ask(
        request,
        caller ->
            new Request.ForgetReader(
                caller, parameter(request, "stream"), parameter(request, "name")),
        _ -> new JsonObject().put("forgotten", parameter(request, "name")).encode());
  }

  private static String described(Object answer) {
    Request.StreamInfo stream = (Request.StreamInfo) answer;
    JsonArray readers = new JsonArray();
    for (Request.NamedReader reader : stream.readers()) {
      long from = Math.max(reader.offset(), stream.firstOffset());
      readers.add(
          new JsonObject()
              .put("name", reader.name())
              .put("next_offset", reader.offset())
              .put("behind", Math.max(0, stream.nextOffset() - from))
              .put("attached", reader.attached()));
    }
    return new JsonObject()
        .put("first_offset", stream.firstOffset())
        .put("next_offset", stream.nextOffset())
        .put("size_bytes", stream.sizeBytes())
        .put("readers", readers)
        .encode();
  }
}
