package io.serai.admin;

import io.vertx.core.Future;

/** Who may read what is not open to everybody. */
@FunctionalInterface
public interface Login {
  /**
   * Whether this user with this password may read metrics.
   *
   * @param isLocal whether the request comes from this machine
   */
  Future<Boolean> mayMonitor(String user, String password, boolean isLocal);
}
