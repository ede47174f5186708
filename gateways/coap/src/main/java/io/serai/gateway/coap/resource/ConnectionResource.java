package io.serai.gateway.coap.resource;

import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapAnswer;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.CoapRequest;
import io.serai.gateway.coap.Reply;
import io.serai.model.Body;
import java.util.List;

/**
 * {@code /mqtt/connection}, as in EMQX: POST opens a connection and answers its token, PUT is a
 * heart-beat, DELETE closes it. Unlike all other resources it does the login itself.
 */
final class ConnectionResource {
  private final PeerScope scope;
  private final Login login;

  ConnectionResource(PeerScope scope, Login login) {
    this.scope = scope;
    this.login = login;
  }

  static boolean isAt(List<String> path) {
    return path.equals(List.of("mqtt", "connection"));
  }

  void handle(CoapRequest request, Query query, Reply reply, Effects<CoapFrame> out) {
    query.allow();
    String clientId = required(query, Query.CLIENT_ID);
    if (request.method().equals(CoapCode.POST)) {
      login.check(
          query,
          reply,
          out,
          (principal, later) -> {
            String token = scope.node().randomName();
            ConnectionTokens.Connection connection =
                new ConnectionTokens.Connection(
                    principal, login.vhost(query.text(Query.USERNAME)), token, later.nowMillis());
            if (!scope.node().tokens().open(clientId, connection)) {
              throw new RequestException(
                  CoapCode.SERVICE_UNAVAILABLE,
                  "there are " + ConnectionTokens.MAX_CONNECTIONS + " connections already");
            }
            reply.answer(new CoapAnswer(CoapCode.CREATED, List.of(), Body.ofUtf8(token)), later);
          });
    } else if (request.method().equals(CoapCode.PUT)) {
      String token = required(query, Query.TOKEN);
      check(scope.node().tokens().use(clientId, token, out.nowMillis()) != null);
      reply.answer(CoapAnswer.of(CoapCode.CHANGED), out);
    } else if (request.method().equals(CoapCode.DELETE)) {
      check(scope.node().tokens().close(clientId, required(query, Query.TOKEN)));
      reply.answer(CoapAnswer.of(CoapCode.DELETED), out);
    } else {
      throw RequestException.notAllowed("POST, PUT and DELETE");
    }
  }

  private static String required(Query query, String name) {
    String value = query.text(name);
    if (value == null || value.isEmpty()) {
      throw RequestException.badRequest("the parameter " + name + " is missing");
    }
    return value;
  }

  private static void check(boolean isOpen) {
    if (!isOpen) {
      throw new RequestException(
          CoapCode.UNAUTHORIZED, "no open connection has this clientid and token");
    }
  }
}
