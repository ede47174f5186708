package io.serai.node;

import io.serai.admin.Login;
import io.serai.bus.Principal;
import io.serai.bus.SessionRef;
import io.serai.gateway.AuthResult;
import io.serai.gateway.Authenticator;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Credentials;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.Set;

/** Lets users with one of RabbitMQ's tags for it read metrics, where they are not open to all. */
record MetricsLogin(Authenticator authenticator) implements Login {
  private static final Set<String> MAY_MONITOR = Set.of("monitoring", "administrator");

  @Override
  public Future<Boolean> mayMonitor(String user, String password, boolean isLocal) {
    ConnectionInfo request =
        new ConnectionInfo(
            new SessionRef(0, 0),
            Installed.HTTP,
            "tcp",
            isLocal ? "this machine" : "another machine",
            isLocal,
            "/",
            false,
            null);
    return authenticator
        .authenticate(new Credentials.Plain(user, password), request)
        .map(result ->
            result instanceof AuthResult.Granted(Principal principal, _)
                && !Collections.disjoint(principal.tags(), MAY_MONITOR));
  }
}
