package io.serai.gateway;

import io.vertx.core.Future;

/** Checks credentials. Hashing happens off the event loop. */
public interface Authenticator {
  /** The future completes on the caller's context and never fails. */
  Future<AuthResult> authenticate(Credentials credentials, ConnectionInfo info);
}
