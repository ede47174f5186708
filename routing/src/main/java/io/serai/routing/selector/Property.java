package io.serai.routing.selector;

import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.ReplyTo;
import io.serai.model.Spelling;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The typed properties of a message that a selector can name. */
enum Property {
  PRIORITY("header.priority"),
  DURABLE("header.durable"),
  TTL("header.ttl"),
  DELIVERY_MODE("JMSDeliveryMode"),
  MESSAGE_ID("properties.message-id"),
  CORRELATION_ID("properties.correlation-id"),
  REPLY_TO("properties.reply-to"),
  SUBJECT("properties.subject"),
  USER_ID("properties.user-id"),
  APP_ID("properties.app-id"),
  CONTENT_TYPE("properties.content-type"),
  CONTENT_ENCODING("properties.content-encoding"),
  CREATION_TIME("properties.creation-time"),
  ABSOLUTE_EXPIRY_TIME("properties.absolute-expiry-time");

  /** The priority of a message whose publisher gave none (JMS 2.0 §3.4.10, AMQP 1.0 §3.2.1). */
  private static final long DEFAULT_PRIORITY = 4;

  /** The name that it is printed with. */
  final String spelling;

  Property(String spelling) {
    this.spelling = spelling;
  }

  /** The operand that this property of the message is, null when it has none. */
  @Nullable Object of(Message message) {
    Properties properties = message.properties();
    return switch (this) {
      case PRIORITY -> properties.priority() < 0 ? DEFAULT_PRIORITY : (long) properties.priority();
      case DURABLE -> properties.durable();
      case TTL -> unlessNegative(properties.expiryMillis());
      case DELIVERY_MODE -> properties.durable() ? "PERSISTENT" : "NON_PERSISTENT";
      case MESSAGE_ID -> Operands.of(properties.messageId());
      case CORRELATION_ID -> Operands.of(properties.correlationId());
      case REPLY_TO -> properties.replyTo() == null ? null : address(properties.replyTo());
      case SUBJECT -> properties.type();
      case USER_ID -> properties.userId();
      case APP_ID -> properties.appId();
      case CONTENT_TYPE -> properties.contentType();
      case CONTENT_ENCODING -> properties.contentEncoding();
      case CREATION_TIME -> unlessNegative(properties.timestampMillis());
      case ABSOLUTE_EXPIRY_TIME -> {
        long expiresAtMillis = message.expiresAtMillis();
        yield expiresAtMillis == Long.MAX_VALUE ? null : (Object) expiresAtMillis;
      }
    };
  }

  private static @Nullable Object unlessNegative(long number) {
    return number < 0 ? null : (Object) number;
  }

  /** As an AMQP 1.0 address of RabbitMQ 4, whoever published: {@code /queues/answers.7}. */
  private static String address(ReplyTo replyTo) {
    return switch (replyTo) {
      case ReplyTo.Queue(String name) -> "/queues/" + encoded(name);
      case ReplyTo.AtTopic(var topic) ->
          "/exchanges/" + Address.TOPIC_EXCHANGE + "/" + encoded(topic.spelled(Spelling.DOT));
    };
  }

  /** Everything but RFC 3986's unreserved characters percent-encoded. */
  private static String encoded(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if ((b >= 'a' && b <= 'z')
          || (b >= 'A' && b <= 'Z')
          || (b >= '0' && b <= '9')
          || "-._~".indexOf(b) >= 0) {
        out.append((char) b);
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return out.toString();
  }
}
