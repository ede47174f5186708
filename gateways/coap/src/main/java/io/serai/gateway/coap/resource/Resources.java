package io.serai.gateway.coap.resource;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.CoapRequest;
import io.serai.gateway.coap.Reply;
import io.serai.gateway.coap.RequestHandler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The resources as one peer sees them: finds out who asks, and hands each request to what stands
 * under its path. Confined to the peer's event loop.
 */
public final class Resources implements RequestHandler {
  private final PeerScope scope;
  private final Login login;
  private final Publishing publishing;
  private final TopicResource topics;

  // Made when first asked for: most peers only observe, and there may be very many of them.
  private @Nullable QueueResource queues;
  private @Nullable CallResource calls;

  /**
   * @param info the peer
   * @param node what all peers of the node share
   */
  public Resources(ConnectionInfo info, NodeResources node) {
    scope = new PeerScope(info, node);
    login = new Login(scope);
    publishing = new Publishing(scope);
    topics = new TopicResource(scope, publishing, new Observers(scope));
  }

  // ---- requests

  @Override
  public void onRequest(CoapRequest request, Reply reply, Effects<CoapFrame> out) {
    PeerScope.attempt(reply, out, () -> route(request, reply, out));
  }

  private void route(CoapRequest request, Reply reply, Effects<CoapFrame> out) {
    List<String> path = request.path();
    Query query = Query.of(request.queries());
    if (DiscoveryResource.isAt(path)) {
      new DiscoveryResource(scope).handle(request, query, reply, out);
    } else if (ConnectionResource.isAt(path)) {
      new ConnectionResource(scope, login).handle(request, query, reply, out);
    } else {
      Resource resource = path.isEmpty() ? null : resource(path.getFirst());
      if (resource == null) {
        throw new RequestException(
            CoapCode.NOT_FOUND, "no such resource: /.well-known/core says what there is");
      }
      login.identify(
          query,
          reply,
          out,
          (client, later) ->
              resource.handle(new Incoming(request, path, query, client, reply), later));
    }
  }

  private @Nullable Resource resource(String first) {
    return switch (first) {
      case "ps" -> topics;
      case "q" -> queues();
      case "x" -> new ExchangeResource(publishing);
      case "rpc" -> calls();
      case CollectionResource.PATH -> new CollectionResource(scope, publishing, topics);
      default -> null;
    };
  }

  private QueueResource queues() {
    QueueResource known = queues;
    if (known == null) {
      known = new QueueResource(scope, publishing);
      queues = known;
    }
    return known;
  }

  private CallResource calls() {
    CallResource known = calls;
    if (known == null) {
      known = new CallResource(scope, publishing);
      calls = known;
    }
    return known;
  }

  /** GET of a queue takes a message, so it is none that may come again. */
  @Override
  public boolean isRepeatable(CoapCode method, List<String> path) {
    return RequestHandler.super.isRepeatable(method, path)
        && (path.isEmpty() || !path.getFirst().equals("q"));
  }

  // ---- events

  @Override
  public void onDeliveries(List<Delivery> deliveries, Effects<CoapFrame> out) {
    scope.consumers().deliver(deliveries, out);
  }

  @Override
  public void onConfirm(long token, boolean accepted, Effects<CoapFrame> out) {
    scope.confirms().confirmed(token, accepted, out);
  }

  @Override
  public void onConsumerCancelled(ConsumerRef consumer, Effects<CoapFrame> out) {
    scope.consumers().cancelled(consumer, out);
  }

  // ---- time and the end

  @Override
  public long nextDeadlineMillis() {
    return scope.deadlines().nextMillis();
  }

  @Override
  public void onDeadline(Effects<CoapFrame> out) {
    scope.deadlines().run(out);
  }

  @Override
  public boolean isHolding() {
    QueueResource known = queues;
    return known != null && known.isHolding();
  }

  @Override
  public void onClosed(Effects<CoapFrame> out) {
    QueueResource known = queues;
    if (known != null) {
      known.close();
    }
  }
}
