package io.serai.gateway.coap.resource;

import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.CoapRequest;
import io.serai.gateway.coap.ContentFormats;
import io.serai.gateway.coap.Reply;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code /.well-known/core}: what there is (RFC 6690), with filters such as {@code rt=core.ps.coll}
 * and {@code href=/q*}. Open to everybody, so it names no topic but those of the collection.
 */
final class DiscoveryResource {
  private static final List<LinkFormat.Link> FIXED =
      List.of(
          new LinkFormat.Link("/ps", "core.ps", -1, false),
          new LinkFormat.Link(
              "/" + CollectionResource.PATH,
              CollectionResource.TYPE,
              ContentFormats.LINK_FORMAT,
              false),
          new LinkFormat.Link("/q", "serai.queues", -1, false),
          new LinkFormat.Link("/x", "serai.exchanges", -1, false),
          new LinkFormat.Link("/rpc", "serai.procedures", -1, false),
          new LinkFormat.Link("/mqtt/connection", "serai.connection", -1, false));

  private final PeerScope scope;

  DiscoveryResource(PeerScope scope) {
    this.scope = scope;
  }

  static boolean isAt(List<String> path) {
    return path.equals(List.of(".well-known", "core"));
  }

  void handle(CoapRequest request, Query query, Reply reply, Effects<CoapFrame> out) {
    if (!request.method().equals(CoapCode.GET)) {
      throw RequestException.notAllowed("GET");
    }
    query.allow("rt", "href", "ct", "obs");
    List<LinkFormat.Link> links = new ArrayList<>(FIXED);
    if (query.text("rt") != null || query.text("href") != null) {
      links.addAll(
          CollectionResource.links(
              scope.node().collection().all(scope.info().vhost(), out.nowMillis())));
    }
    reply.answer(LinkFormat.answer(links, request, query), out);
  }
}
