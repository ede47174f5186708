package io.serai.node;

import io.serai.admin.NodeApi;
import io.serai.bus.Caller;
import io.serai.bus.Principal;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRef;
import io.serai.gateway.AuthResult;
import io.serai.gateway.Authenticator;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Credentials;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;

/** Requests that come over HTTP, each with a login: carried out on the first loop. */
record HttpRequests(Authenticator authenticator, LoopVerticle loop) implements NodeApi {
  /** No connection ever has it. */
  private static final SessionRef NO_SESSION = new SessionRef(0, 0);

  @Override
  public Future<Optional<Result<?>>> ask(
      Visitor visitor, String vhost, Function<Caller, Request<?>> request) {
    ConnectionInfo info =
        new ConnectionInfo(
            NO_SESSION,
            Installed.HTTP,
            "tcp",
            visitor.isLocal() ? "this machine" : "another machine",
            visitor.isLocal(),
            "/",
            false,
            null);
    return authenticator
        .authenticate(new Credentials.Plain(visitor.user(), visitor.password()), info)
        .compose(result ->
            result instanceof AuthResult.Granted(Principal principal, _)
                ? granted(principal, vhost, request)
                : Future.succeededFuture(Optional.empty()));
  }

  private Future<Optional<Result<?>>> granted(
      Principal principal, String vhost, Function<Caller, Request<?>> request) {
    if (!principal.mayEnter(vhost)) {
      return Future.succeededFuture(
          Optional.of(
              Result.refused(
                  Refusal.ACCESS_REFUSED,
                  "access to vhost '%s' refused for user '%s'"
                      .formatted(vhost, principal.user()))));
    }
    return loop.ask(request.apply(new Caller(NO_SESSION, principal, vhost, ""))).map(Optional::of);
  }
}
