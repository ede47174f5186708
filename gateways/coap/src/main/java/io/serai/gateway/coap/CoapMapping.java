package io.serai.gateway.coap;

import io.serai.gateway.TextProperties;
import io.serai.model.Conversion;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.ReplyTo;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * CoAP's options to the neutral form and back (docs/protocols/mapping.md). What has no option of
 * its own travels in {@link CoapOption#PROPERTY} as {@code name=value}: a property under its name,
 * an application header with {@code h:} before its name.
 */
public final class CoapMapping {
  /** A message as CoAP says it: the publisher's own options if it spoke CoAP. */
  public static final Conversion<CoapEncoding> TO_COAP = CoapMapping::convert;

  private static final String HEADER = "h:";
  private static final String REPLY_TO = "reply-to";

  /** Milliseconds since 1970. */
  private static final String TIMESTAMP = "timestamp";

  /** Informational, as for an MQTT publisher. */
  private static final String RETAIN_HEADER = "x-mqtt-retain";

  /** A Content-Format that is not registered here, so that it is not lost. */
  private static final String FORMAT_HEADER = "x-coap-content-format";

  /** The longest option RFC 7252 knows (Proxy-Uri, §5.10); what is longer is left out. */
  private static final int MAX_OPTION_BYTES = 1034;

  /**
   * Of all options together: a message has to fit a datagram, and what has many headers may not.
   */
  private static final int MAX_OPTIONS_BYTES = 8 << 10;

  private static final int MAX_OPTIONS = 128;

  private CoapMapping() {}

  // ---- CoAP to neutral

  static Encoding.Neutral neutral(CoapEncoding from) {
    Properties.Builder properties = Properties.builder();
    properties.durable(from.isDurable()).expiryMillis(from.expiryMillis());
    List<Header> headers = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (CoapOption option : from.options()) {
      if (option.number() == CoapOption.CONTENT_FORMAT) {
        String type = ContentFormats.typeOf(option.unsigned());
        if (type == null) {
          headers.add(new Header(FORMAT_HEADER, new Value.UShort((int) option.unsigned())));
        } else {
          properties.contentType(type);
        }
      } else {
        readProperty(option.text(), properties, headers, seen);
      }
    }
    if (from.isRetain()) {
      headers.add(new Header(RETAIN_HEADER, new Value.Bool(true)));
    }
    return new Encoding.Neutral(properties.build(), Headers.of(headers));
  }

  private static void readProperty(
      String written, Properties.Builder to, List<Header> headers, Set<String> seen) {
    int equals = written.indexOf('=');
    String name = equals < 0 ? written : written.substring(0, equals);
    String value = equals < 0 ? "" : written.substring(equals + 1);
    if (name.startsWith(HEADER)) {
      // Escaped as in a URI query: a name may hold '='.
      headers.add(Header.of(unescaped(name.substring(HEADER.length())), value));
    } else if (!seen.add(name) || !readTyped(name, value, to)) {
      headers.add(Header.of(unescaped(name), value));
    }
  }

  private static boolean readTyped(String name, String value, Properties.Builder to) {
    switch (name) {
      case REPLY_TO -> {
        ReplyTo replyTo = CoapPath.replyTo(value);
        to.replyTo(replyTo);
        return replyTo != null;
      }
      case TIMESTAMP -> {
        long millis = TextProperties.decimal(value, Long.MAX_VALUE);
        to.timestampMillis(millis);
        return millis >= 0;
      }
      case TextProperties.EXPIRATION -> {
        return false; // the query's expiry is the one that counts
      }
      default -> {
        return TextProperties.read(name, value, to);
      }
    }
  }

  // ---- neutral to CoAP

  private static CoapEncoding convert(Message message) {
    if (message.encoding() instanceof CoapEncoding own) {
      return own;
    }
    Properties from = message.properties();
    List<CoapOption> options = new ArrayList<>();
    format(message, options);
    TextProperties.write(
        from,
        (name, text) -> {
          switch (name) {
            case TextProperties.EXPIRATION -> {} // Max-Age, from what is left
            case TextProperties.CONTENT_TYPE -> {
              if (ContentFormats.numberOf(text) < 0) {
                property(name, text, options);
              }
            }
            default -> property(name, text, options);
          }
        });
    ReplyTo replyTo = from.replyTo();
    if (replyTo != null) {
      property(REPLY_TO, CoapPath.of(replyTo), options);
    }
    if (from.timestampMillis() >= 0) {
      property(TIMESTAMP, Long.toString(from.timestampMillis()), options);
    }
    for (Header header : message.headers()) {
      if (!header.name().equals(FORMAT_HEADER)) {
        property(HEADER + escaped(header.name()), header.value().asText(), options);
      }
    }
    return CoapEncoding.converted(from.durable(), from.expiryMillis(), fitting(options));
  }

  /** The first of them, as many as a message can have. */
  private static List<CoapOption> fitting(List<CoapOption> all) {
    int bytes = 0;
    for (int i = 0; i < all.size(); i++) {
      bytes += all.get(i).length();
      if (i == MAX_OPTIONS || bytes > MAX_OPTIONS_BYTES) {
        return List.copyOf(all.subList(0, i));
      }
    }
    return all;
  }

  private static void format(Message message, List<CoapOption> options) {
    String type = message.properties().contentType();
    if (type != null) {
      int number = ContentFormats.numberOf(type);
      options.add(CoapOption.of(CoapOption.CONTENT_FORMAT, number < 0 ? 42 : number));
    } else if (message.headers().first(FORMAT_HEADER) instanceof Value own) {
      long number = TextProperties.decimal(own.asText(), 65_535);
      if (number >= 0) {
        options.add(CoapOption.of(CoapOption.CONTENT_FORMAT, number));
      }
    }
  }

  private static void property(String name, String text, List<CoapOption> options) {
    String written = name + "=" + text;
    if (written.length() <= MAX_OPTION_BYTES
        && written.getBytes(StandardCharsets.UTF_8).length <= MAX_OPTION_BYTES) {
      options.add(CoapOption.of(CoapOption.PROPERTY, written));
    }
  }

  private static String escaped(String name) {
    return name.replace("%", "%25").replace("=", "%3D");
  }

  private static String unescaped(String name) {
    return name.replace("%3D", "=").replace("%25", "%");
  }
}
