package io.serai.gateway.driver;

import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.ProtocolException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the log hears of connections, under the name of {@link Connection}. */
final class ConnectionLog {
  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  private ConnectionLog() {}

  static void protocolError(ConnectionInfo info, ProtocolException error) {
    if (log.isDebugEnabled()) {
      log.debug(
          "protocol error protocol={} client={} code={} section=\"{}\" message=\"{}\"",
          info.listener(),
          info.remoteAddress(),
          error.code(),
          error.section(),
          LogText.of(error.getMessage()));
    }
  }

  static void internalError(ConnectionInfo info, Throwable error) {
    log.atError()
        .addKeyValue("listener", info.listener())
        .addKeyValue("peer", info.remoteAddress())
        .setCause(error)
        .log("internal error, connection closed");
  }

  static void errorInReport(RuntimeException error) {
    log.debug("internal error while reporting one", error);
  }

  static void throttled(ConnectionInfo info) {
    if (log.isDebugEnabled()) {
      log.debug(
          "connection throttled protocol={} client={} reason=busy_share",
          info.listener(),
          info.remoteAddress());
    }
  }

  static void closed(ConnectionInfo info, String reason, long ageMillis) {
    if (log.isDebugEnabled()) {
      log.debug(
          "connection closed protocol={} client={} reason={} age_s={}",
          info.listener(),
          info.remoteAddress(),
          reason,
          ageMillis / 1000);
    }
  }
}
