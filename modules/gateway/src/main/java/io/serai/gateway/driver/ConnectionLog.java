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
      log.atDebug()
          .addKeyValue("listener", info.listener())
          .addKeyValue("peer", info.remoteAddress())
          .addKeyValue("code", error.code())
          .addKeyValue("section", error.section())
          .addKeyValue("message", LogText.of(error.getMessage()))
          .log("protocol error");
    }
  }

  static void internalError(ConnectionInfo info, Throwable error) {
    log.atError()
        .addKeyValue("listener", info.listener())
        .addKeyValue("peer", info.remoteAddress())
        .setCause(error)
        .log("internal error, connection closed");
  }

  static void errorInReport(Throwable error) {
    log.debug("internal error while reporting one", error);
  }

  static void throttled(ConnectionInfo info) {
    if (log.isDebugEnabled()) {
      log.atDebug()
          .addKeyValue("listener", info.listener())
          .addKeyValue("peer", info.remoteAddress())
          .addKeyValue("reason", "busy_share")
          .log("connection throttled");
    }
  }

  static void closed(ConnectionInfo info, String reason, long ageMillis) {
    if (log.isDebugEnabled()) {
      log.atDebug()
          .addKeyValue("listener", info.listener())
          .addKeyValue("peer", info.remoteAddress())
          .addKeyValue("reason", reason)
          .addKeyValue("age_s", ageMillis / 1000)
          .log("connection closed");
    }
  }
}
