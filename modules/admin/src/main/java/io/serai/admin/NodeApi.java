package io.serai.admin;

import io.serai.bus.Caller;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;

/** The routing core as the HTTP API sees it: users log in with each request. */
@FunctionalInterface
public interface NodeApi {
  /** Whoever asks over HTTP. */
  record Visitor(String user, String password, boolean isLocal) {}

  /**
   * Asks for something in a user's name, with that user's permissions.
   *
   * @param request makes the request, once the user is known and may use the vhost
   * @return empty when the login is refused
   */
  Future<Optional<Result<?>>> ask(
      Visitor visitor, String vhost, Function<Caller, Request<?>> request);
}
