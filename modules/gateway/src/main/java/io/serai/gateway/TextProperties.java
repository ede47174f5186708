package io.serai.gateway;

import io.serai.model.Properties;
import io.serai.model.Value;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Typed properties as pairs of name and text, for protocols whose headers are strings
 * (docs/protocols/mapping.md). Reply-to is not among them: each protocol has its own addresses.
 */
public final class TextProperties {
  public static final String CONTENT_TYPE = "content-type";
  public static final String CONTENT_ENCODING = "content-encoding";
  public static final String CORRELATION_ID = "correlation-id";
  public static final String MESSAGE_ID = "message-id";
  public static final String TYPE = "type";
  public static final String USER_ID = "user-id";
  public static final String APP_ID = "app-id";

  /** Milliseconds, decimal. */
  public static final String EXPIRATION = "expiration";

  /** 0 to 255, decimal. */
  public static final String PRIORITY = "priority";

  private static final String BASE64 = "base64:";

  private TextProperties() {}

  /**
   * Sets the property called {@code name}.
   *
   * @return false when there is none of that name or {@code text} is not one of its values: it is
   *     an ordinary header then
   */
  public static boolean read(String name, String text, Properties.Builder to) {
    switch (name) {
      case CONTENT_TYPE -> to.contentType(text);
      case CONTENT_ENCODING -> to.contentEncoding(text);
      case CORRELATION_ID -> to.correlationId(correlationId(text));
      case MESSAGE_ID -> to.messageId(Value.of(text));
      case TYPE -> to.type(text);
      case USER_ID -> to.userId(text);
      case APP_ID -> to.appId(text);
      case EXPIRATION -> {
        long millis = decimal(text, Long.MAX_VALUE);
        to.expiryMillis(millis);
        return millis >= 0;
      }
      case PRIORITY -> {
        long priority = decimal(text, 255);
        to.priority((int) priority);
        return priority >= 0;
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Hands every property that is set to {@code out}, always in the same order. */
  public static void write(Properties from, BiConsumer<String, String> out) {
    put(CONTENT_TYPE, from.contentType(), out);
    put(CONTENT_ENCODING, from.contentEncoding(), out);
    put(CORRELATION_ID, text(from.correlationId()), out);
    Value messageId = from.messageId();
    put(MESSAGE_ID, messageId == null ? null : messageId.asText(), out);
    put(EXPIRATION, from.expiryMillis() < 0 ? null : Long.toString(from.expiryMillis()), out);
    put(PRIORITY, from.priority() < 0 ? null : Integer.toString(from.priority()), out);
    put(TYPE, from.type(), out);
    put(USER_ID, from.userId(), out);
    put(APP_ID, from.appId(), out);
  }

  private static void put(String name, @Nullable String text, BiConsumer<String, String> out) {
    if (text != null) {
      out.accept(name, text);
    }
  }

  /**
   * The number that {@code text} spells, or -1 when it is none or more than {@code most}. Digits
   * only, at most 18.
   */
  public static long decimal(String text, long most) {
    if (text.isEmpty() || text.length() > 18) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value > most ? -1 : value;
  }

  /**
   * The correlation id that {@code text} writes: bytes if it is {@code base64:} and their base64.
   */
  public static Value correlationId(String text) {
    if (text.startsWith(BASE64)) {
      try {
        return new Value.Binary(Base64.getDecoder().decode(text.substring(BASE64.length())));
      } catch (IllegalArgumentException _) {
        return Value.of(text); // a publisher's own text that only looks like it
      }
    }
    return Value.of(text);
  }

  /** How text protocols write a correlation id; {@link #correlationId} reads bytes back. */
  public static @Nullable String text(@Nullable Value correlationId) {
    return switch (correlationId) {
      case null -> null;
      case Value.Binary(byte[] bytes) -> {
        String utf8 = utf8OrNull(bytes);
        yield utf8 == null
                || utf8.startsWith(BASE64)
                || utf8.chars().anyMatch(Character::isISOControl)
            ? BASE64 + Base64.getEncoder().encodeToString(bytes)
            : utf8;
      }
      case Value other -> other.asText();
    };
  }

  /** The text whose UTF-8 bytes these are, or null when they are none. */
  public static @Nullable String utf8OrNull(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      return null;
    }
  }
}
