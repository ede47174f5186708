package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.serai.config.LogConfig;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogLinesTest {
  @Test
  void textIsTimeLevelEventAndKeyValues() {
    assertThat(line("text", event("listener open", "listener", "mqtt", "port", 1883)))
        .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  listener open listener=mqtt port=1883\n");
  }

  @Test
  void textQuotesWhatIsMoreThanAWordAndKeepsOneLine() {
    assertThat(line("text", event("x", "reason", "a \"b\"\nc", "empty", "")))
        .endsWith(" x reason=\"a 'b'?c\" empty=\"\"\n");
  }

  @Test
  void jsonIsOneObjectPerLineWithTheKeyValuesAsMembers() {
    String line = line("json", event("listener open", "listener", "mqtt", "port", 1883));
    assertThat(line).endsWith("}\n").containsOnlyOnce("\n");
    JsonObject object = new JsonObject(line);
    assertThat(object.getString("event")).isEqualTo("listener open");
    assertThat(object.getString("level")).isEqualTo("INFO");
    assertThat(object.getString("listener")).isEqualTo("mqtt");
    assertThat(object.getInteger("port")).isEqualTo(1883);
    assertThat(object.getInstant("time")).isNotNull();
  }

  @Test
  void jsonEscapesWhateverAPeerSent() {
    String hostile = "\"\\\n\t\u0001 \ud83d\ude00 \ud800";
    JsonObject object = new JsonObject(line("json", event("x", "peer", hostile)));
    assertThat(object.getString("peer")).isEqualTo(hostile);
  }

  @Test
  void aStackTraceFollowsTheTextAndIsAMemberInJson() {
    LoggingEvent event = event("failed");
    event.setThrowableProxy(
        new ch.qos.logback.classic.spi.ThrowableProxy(new IllegalStateException("boom")));
    assertThat(line("text", event)).contains("failed\n", "IllegalStateException: boom", "\tat ");
    assertThat(new JsonObject(line("json", event)).getString("stack")).contains("boom", "\tat ");
  }

  @Test
  void autoIsTextOnATerminalAndJsonElsewhere() {
    assertThat(LogSetup.format(LogConfig.Format.AUTO, true)).isEqualTo("text");
    assertThat(LogSetup.format(LogConfig.Format.AUTO, false)).isEqualTo("json");
    assertThat(LogSetup.format(LogConfig.Format.TEXT, false)).isEqualTo("text");
    assertThat(LogSetup.format(LogConfig.Format.JSON, true)).isEqualTo("json");
  }

  private static LoggingEvent event(String message, Object... pairs) {
    LoggerContext context = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent("", context.getLogger("io.serai.node"), Level.INFO, message, null, null);
    for (int i = 0; i < pairs.length; i += 2) {
      event.addKeyValuePair(new KeyValuePair((String) pairs[i], pairs[i + 1]));
    }
    return event;
  }

  private static String line(String format, LoggingEvent event) {
    LogLines lines = new LogLines();
    lines.setFormat(format);
    return new String(lines.encode(event), StandardCharsets.UTF_8);
  }
}
