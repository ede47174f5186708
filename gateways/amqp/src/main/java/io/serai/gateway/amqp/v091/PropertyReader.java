package io.serai.gateway.amqp.v091;

import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Properties;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the property list of class basic (AMQP 0-9-1 §4.2.6.1) into neutral form. */
final class PropertyReader {
  private PropertyReader() {}

  /** Reads flags and properties that {@link Amqp091Encoding#read} has found well formed. */
  static Encoding.Neutral read(FieldReader in) {
    int flags = in.shortUint();
    Properties.Builder to = Properties.builder();
    text(in, flags, Property.CONTENT_TYPE, to::contentType);
    text(in, flags, Property.CONTENT_ENCODING, to::contentEncoding);
    List<Header> headers = new ArrayList<>();
    if (Property.HEADERS.isIn(flags)) {
      for (Value.Entry entry : in.table().entries()) {
        headers.add(new Header(entry.key().asText(), entry.value()));
      }
    }
    if (Property.DELIVERY_MODE.isIn(flags)) {
      to.durable(in.octet() == 2);
    }
    if (Property.PRIORITY.isIn(flags)) {
      to.priority(in.octet());
    }
    text(
        in,
        flags,
        Property.CORRELATION_ID,
        id -> to.correlationId(Amqp091Mapping.correlationId(id)));
    text(in, flags, Property.REPLY_TO, name -> to.replyTo(Amqp091Mapping.replyTo(name)));
    text(in, flags, Property.EXPIRATION, millis -> to.expiryMillis(millis(millis)));
    text(in, flags, Property.MESSAGE_ID, id -> to.messageId(new Value.Str(id)));
    if (Property.TIMESTAMP.isIn(flags)) {
      to.timestampMillis(Math.max(0, FieldTable.millis(in.longLong())));
    }
    text(in, flags, Property.TYPE, to::type);
    text(in, flags, Property.USER_ID, to::userId);
    text(in, flags, Property.APP_ID, to::appId);
    foldStandIns(headers, to);
    return new Encoding.Neutral(to.build(), Headers.of(headers));
  }

  /** Property texts are kept as bytes, so what is not UTF-8 in them may be patched up here. */
  private static void text(FieldReader in, int flags, Property property, Consumer<String> to) {
    if (property.isIn(flags)) {
      to.accept(new String(in.bytes(in.octet()), StandardCharsets.UTF_8));
    }
  }

  private static long millis(String digits) {
    try {
      return Math.max(-1, Long.parseLong(digits));
    } catch (NumberFormatException e) {
      return -1; // refused when published
    }
  }

  /** Turns headers that stand in for a typed property back into it. */
  private static void foldStandIns(List<Header> headers, Properties.Builder to) {
    headers.removeIf(header ->
        header.name().startsWith(Amqp091Mapping.PREFIX) && fold(header.name(), header.value(), to));
  }

  private static boolean fold(String name, Value value, Properties.Builder to) {
    String text = value instanceof Value.Str(String s) ? s : null;
    return switch (name) {
      case Amqp091Mapping.CORRELATION_DATA -> {
        to.correlationId(value);
        yield true;
      }
      case Amqp091Mapping.MESSAGE_ID -> {
        to.messageId(value);
        yield true;
      }
      case Amqp091Mapping.CONTENT_TYPE -> set(text, to::contentType);
      case Amqp091Mapping.CONTENT_ENCODING -> set(text, to::contentEncoding);
      case Amqp091Mapping.REPLY_TO -> set(text, t -> to.replyTo(Amqp091Mapping.replyTo(t)));
      case Amqp091Mapping.TYPE -> set(text, to::type);
      case Amqp091Mapping.USER_ID -> set(text, to::userId);
      case Amqp091Mapping.APP_ID -> set(text, to::appId);
      default -> false;
    };
  }

  private static boolean set(@Nullable String text, Consumer<String> to) {
    if (text == null) {
      return false;
    }
    to.accept(text);
    return true;
  }
}
