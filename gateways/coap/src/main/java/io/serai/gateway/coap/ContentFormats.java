package io.serai.gateway.coap;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Content-Format numbers and the media types they stand for (the registry of RFC 7252 §12.3). Types
 * with a content coding are not among them: a number would say two properties at once.
 */
public final class ContentFormats {
  public static final int LINK_FORMAT = 40;
  public static final int SENML_JSON = 110;
  public static final int SENML_CBOR = 112;

  /** The configuration of a topic; the number that draft-ietf-core-coap-pubsub asks for. */
  public static final int CORE_PUBSUB_CBOR = 606;

  private static final Map<Integer, String> BY_NUMBER = new HashMap<>();
  private static final Map<String, Integer> BY_TYPE = new HashMap<>();

  static {
    add(0, "text/plain;charset=utf-8");
    add(16, "application/cose;cose-type=\"cose-encrypt0\"");
    add(17, "application/cose;cose-type=\"cose-mac0\"");
    add(18, "application/cose;cose-type=\"cose-sign1\"");
    add(21, "image/gif");
    add(22, "image/jpeg");
    add(23, "image/png");
    add(LINK_FORMAT, "application/link-format");
    add(41, "application/xml");
    add(42, "application/octet-stream");
    add(47, "application/exi");
    add(50, "application/json");
    add(51, "application/json-patch+json");
    add(52, "application/merge-patch+json");
    add(60, "application/cbor");
    add(61, "application/cwt");
    add(62, "application/multipart-core");
    add(63, "application/cbor-seq");
    add(101, "application/cose-key");
    add(102, "application/cose-key-set");
    add(SENML_JSON, "application/senml+json");
    add(111, "application/sensml+json");
    add(SENML_CBOR, "application/senml+cbor");
    add(113, "application/sensml+cbor");
    add(114, "application/senml-exi");
    add(115, "application/sensml-exi");
    add(140, "application/yang-data+cbor;id=sid");
    add(256, "application/coap-group+json");
    add(310, "application/senml+xml");
    add(311, "application/sensml+xml");
    add(320, "application/senml-etch+json");
    add(322, "application/senml-etch+cbor");
    add(432, "application/td+json");
    add(CORE_PUBSUB_CBOR, "application/core-pubsub+cbor");
    BY_TYPE.put("text/plain", 0);
    BY_TYPE.put("text/plain;charset=\"utf-8\"", 0);
  }

  private ContentFormats() {}

  private static void add(int number, String type) {
    BY_NUMBER.put(number, type);
    BY_TYPE.put(type, number);
  }

  /** The media type of {@code number}, or null when it is not registered here. */
  public static @Nullable String typeOf(long number) {
    return BY_NUMBER.get((int) number);
  }

  /** The number of a media type, or -1 when it has none. Case and spaces do not count. */
  public static int numberOf(String type) {
    return BY_TYPE.getOrDefault(type.replace(" ", "").toLowerCase(Locale.ROOT), -1);
  }
}
