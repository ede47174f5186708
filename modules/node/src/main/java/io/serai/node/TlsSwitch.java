package io.serai.node;

import io.vertx.core.Future;
import io.vertx.core.net.ServerSSLOptions;

/** An open listener whose keys and certificates can be changed. */
@FunctionalInterface
interface TlsSwitch {
  /** Uses them from the next handshake on; open connections stay as they are. */
  Future<?> useTls(ServerSSLOptions tls);
}
