package io.serai.gateway.coap.resource;

import io.serai.gateway.coap.CoapAnswer;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapMapping;
import io.serai.gateway.coap.CoapOption;
import io.serai.gateway.coap.CoapPath;
import io.serai.gateway.coap.CoapRequest;
import io.serai.gateway.coap.EntityTag;
import io.serai.model.Body;
import io.serai.model.Conversion;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A message as the state of a resource: its options, with an ETag of type and content. */
final class Representation {
  /** Made once of a message, however many observe it. */
  static final Conversion<Representation> OF = Representation::new;

  /** A longer topic, which MQTT allows, is not named: it would not fit a datagram. */
  private static final int MAX_TOPIC_CHARS = 8 << 10;

  private final List<CoapOption> options;
  private final CoapOption etag;
  private final long format;

  private Representation(Message message) {
    List<CoapOption> said = message.as(CoapMapping.TO_COAP).options();
    long number = -1;
    for (CoapOption option : said) {
      if (option.number() == CoapOption.CONTENT_FORMAT) {
        number = option.unsigned();
      }
    }
    format = number;
    etag = EntityTag.of(message.body(), number);
    options = new ArrayList<>(said.size() + 1);
    options.add(etag);
    options.addAll(said);
  }

  /** Its Content-Format, or -1 when its publisher named no type. */
  long format() {
    return format;
  }

  /** Whether the request has this ETag in an option of this number (RFC 7252 §5.10.6, §5.10.8). */
  boolean isNamedIn(CoapRequest request, int number) {
    for (CoapOption option : request.options()) {
      if (option.number() == number && Arrays.equals(option.value(), etag.value())) {
        return true;
      }
    }
    return false;
  }

  /** Whether the client can do with it; what has no type is for whoever asks (RFC 7252 §5.10.4). */
  boolean isAcceptedBy(CoapRequest request) {
    long accepted = request.unsigned(CoapOption.ACCEPT);
    return accepted < 0 || format < 0 || accepted == format;
  }

  /**
   * The message as an answer.
   *
   * @param namesTopic whether it says its topic, because the resource is a filter
   */
  static CoapAnswer content(Message message, boolean namesTopic, long nowMillis) {
    return answer(CoapCode.CONTENT, message, namesTopic, nowMillis);
  }

  /** The message as an answer with this code. */
  static CoapAnswer answer(CoapCode code, Message message, boolean namesTopic, long nowMillis) {
    Representation of = message.as(OF);
    if (!namesTopic && message.expiresAtMillis() == Long.MAX_VALUE) {
      return new CoapAnswer(code, of.options, message.body());
    }
    List<CoapOption> options = new ArrayList<>(of.options);
    addMaxAge(message, nowMillis, options);
    if (namesTopic) {
      String path = CoapPath.written(message.topic().levelList());
      if (path.length() <= MAX_TOPIC_CHARS) {
        options.add(CoapOption.of(CoapOption.TOPIC, path.substring(1)));
      }
    }
    return new CoapAnswer(code, options, message.body());
  }

  /** That what the client has is still right: 2.03. */
  static CoapAnswer valid(Message message, long nowMillis) {
    List<CoapOption> options = new ArrayList<>(2);
    options.add(message.as(OF).etag);
    addMaxAge(message, nowMillis, options);
    return new CoapAnswer(CoapCode.VALID, options, Body.EMPTY);
  }

  /** What is left of its time to live, in whole seconds, rounded up. */
  private static void addMaxAge(Message message, long nowMillis, List<CoapOption> to) {
    if (message.expiresAtMillis() != Long.MAX_VALUE) {
      long leftMillis = Math.max(0, message.expiresAtMillis() - nowMillis);
      to.add(CoapOption.of(CoapOption.MAX_AGE, Math.min(0xffff_ffffL, (leftMillis + 999) / 1000)));
    }
  }
}
