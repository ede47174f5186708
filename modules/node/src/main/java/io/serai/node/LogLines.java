package io.serai.node;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * Writes log events, one per line: as text for people ({@code 12:30:01.123 INFO listener open
 * listener=mqtt}) or as JSON objects with the same fields for programs. Named by {@code
 * logback.xml}.
 */
public final class LogLines extends EncoderBase<ILoggingEvent> {
  private static final byte[] NOTHING = {};
  private static final int LEVEL_WIDTH = 5;

  private boolean isJson;

  /** {@code json}, or anything else for text; called by logback. */
  public void setFormat(String format) {
    isJson = format.equalsIgnoreCase("json");
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    if (isJson) {
      json(event, line);
    } else {
      text(event, line);
    }
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static List<KeyValuePair> pairs(ILoggingEvent event) {
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    return pairs == null ? List.of() : pairs;
  }

  private static void text(ILoggingEvent event, StringBuilder out) {
    LocalTime time =
        LocalTime.ofInstant(Instant.ofEpochMilli(event.getTimeStamp()), ZoneId.systemDefault());
    two(time.getHour(), out).append(':');
    two(time.getMinute(), out).append(':');
    two(time.getSecond(), out).append('.');
    int millis = time.getNano() / 1_000_000;
    out.append(millis < 100 ? "0" : "");
    two(millis, out).append(' ');
    String level = event.getLevel().toString();
    out.append(level).repeat(' ', Math.max(0, LEVEL_WIDTH - level.length())).append(' ');
    printable(event.getFormattedMessage(), out);
    for (KeyValuePair pair : pairs(event)) {
      out.append(' ').append(pair.key).append('=');
      value(String.valueOf(pair.value), out);
    }
    out.append('\n');
    if (event.getThrowableProxy() != null) {
      out.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
  }

  private static StringBuilder two(int number, StringBuilder out) {
    return out.append(number < 10 ? "0" : "").append(number);
  }

  /** Bare when it is one word, else in quotes. */
  private static void value(String value, StringBuilder out) {
    boolean isWord =
        !value.isEmpty() && value.chars().allMatch(c -> c > ' ' && c != '"' && c != '=' && c < 127);
    if (isWord) {
      out.append(value);
      return;
    }
    out.append('"');
    printable(value.replace("\"", "'"), out);
    out.append('"');
  }

  /** Without control characters: a log line stays a line, whatever a peer sent. */
  private static void printable(String text, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(Character.isISOControl(c) ? '?' : c);
    }
  }

  private static void json(ILoggingEvent event, StringBuilder out) {
    out.append("{\"time\":\"").append(Instant.ofEpochMilli(event.getTimeStamp())).append('"');
    member("level", event.getLevel().toString(), out);
    member("event", event.getFormattedMessage(), out);
    for (KeyValuePair pair : pairs(event)) {
      member(pair.key, pair.value, out);
    }
    member("logger", event.getLoggerName(), out);
    member("thread", event.getThreadName(), out);
    if (event.getThrowableProxy() != null) {
      member("stack", ThrowableProxyUtil.asString(event.getThrowableProxy()), out);
    }
    out.append("}\n");
  }

  private static void member(String name, Object value, StringBuilder out) {
    out.append(',');
    string(name, out);
    out.append(':');
    if (value instanceof Number || value instanceof Boolean) {
      out.append(value);
    } else {
      string(String.valueOf(value), out);
    }
  }

  private static void string(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || (Character.isSurrogate(c) && !isPaired(text, i))) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private static boolean isPaired(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
        : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
  }

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }
}
