package io.serai.routing;

import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import org.jspecify.annotations.Nullable;

/** What stands against a request before anybody carries it out. */
final class Refusals {
  private Refusals() {}

  /** Whether it makes sense is said before whether the user may. Null when nothing stands. */
  static <R> Result.@Nullable Refused<R> of(Request<R> request, VhostTable vhost) {
    Result.Refused<R> refusal = DeclareRules.refusal(request, vhost);
    return refusal == null ? Access.refusal(request, vhost) : refusal;
  }

  static <R> Result.Refused<R> noVhost(String name) {
    return new Result.Refused<>(Refusal.NOT_FOUND, "vhost '%s' not found".formatted(name));
  }
}
