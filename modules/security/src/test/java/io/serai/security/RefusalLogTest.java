package io.serai.security;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.serai.bus.SessionRef;
import io.serai.gateway.ConnectionInfo;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RefusalLogTest {
  private static final ConnectionInfo PEER =
      new ConnectionInfo(
          new SessionRef(0, 1), "mqtt", "tcp", "192.0.2.1:5", false, "/", false, null);

  private final AtomicLong nanos = new AtomicLong();
  private final RefusalLog log = new RefusalLog(nanos::get);
  private final Logger logger = (Logger) LoggerFactory.getLogger(DirectoryAuthenticator.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
    logger.setAdditive(false);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
    logger.setAdditive(true);
  }

  @Test
  void aRefusalIsOneLineOfKeysAndValues() {
    log.refused("joe", "plain", PEER, "unknown user or wrong password");

    assertThat(lines.list).hasSize(1);
    assertThat(lines.list.getFirst().getFormattedMessage()).isEqualTo("authentication refused");
    assertThat(lines.list.getFirst().getKeyValuePairs().toString())
        .isEqualTo(
            "[user=\"joe\", mechanism=\"plain\", listener=\"mqtt\", peer=\"192.0.2.1:5\","
                + " reason=\"unknown user or wrong password\"]");
  }

  @Test
  void aNameCannotBreakTheLineOrFillIt() {
    assertThat(RefusalLog.safe("a\nauthentication granted user=\"root\"\u2028\u202e\u001b[2J"))
        .isEqualTo("a?authentication granted user=?root????[2J");
    assertThat(RefusalLog.safe("x".repeat(10_000))).hasSize(67).endsWith("...");
  }

  @Test
  void aFloodOfRefusalsIsCountedInsteadOfWritten() {
    for (int i = 0; i < 500; i++) {
      log.refused("joe", "plain", PEER, "wrong");
    }
    assertThat(lines.list).hasSize(RefusalLog.LINES_PER_SECOND);

    nanos.addAndGet(1_000_000_000L);
    log.refused("joe", "plain", PEER, "wrong");

    assertThat(lines.list.get(RefusalLog.LINES_PER_SECOND))
        .extracting(ILoggingEvent::getFormattedMessage, e -> e.getKeyValuePairs().toString())
        .containsExactly("authentication refusals not logged", "[count=\"480\"]");
    assertThat(lines.list).hasSize(RefusalLog.LINES_PER_SECOND + 2);
  }
}
