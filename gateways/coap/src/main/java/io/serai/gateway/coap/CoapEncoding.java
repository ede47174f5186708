package io.serai.gateway.coap;

import io.serai.gateway.TextProperties;
import io.serai.model.Encoding;
import io.serai.model.Headers;
import io.serai.model.Properties;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a CoAP publisher said beside path and payload: whether the request was confirmable, whether
 * it replaces the last value, the query (EMQX's {@code qos}, {@code retain}, {@code expiry}) and
 * the options that describe the content, as they came. Options of one exchange (path, observe,
 * blocks, conditions) are not kept.
 */
public final class CoapEncoding implements Encoding {
  private static final int OVERHEAD_BYTES = 56;
  private static final int OPTION_OVERHEAD_BYTES = 40;

  private final boolean isConfirmable;
  private final boolean isRetain;
  private final int queryQos;
  private final long expirySeconds;
  private final List<CoapOption> options;
  private @Nullable Neutral neutral;

  private CoapEncoding(
      boolean isConfirmable,
      boolean isRetain,
      int queryQos,
      long expirySeconds,
      List<CoapOption> options) {
    this.isConfirmable = isConfirmable;
    this.isRetain = isRetain;
    this.queryQos = queryQos;
    this.expirySeconds = expirySeconds;
    this.options = List.copyOf(options);
  }

  /**
   * The encoding of a PUT or POST.
   *
   * @param isConfirmable whether it was a CON
   * @param isPut whether it replaces the topic's last value
   * @param requestOptions all its options, in order
   */
  public static CoapEncoding ofRequest(
      boolean isConfirmable, boolean isPut, List<CoapOption> requestOptions) {
    int qos = -1;
    boolean retain = isPut;
    long expiry = -1;
    for (CoapOption option : requestOptions) {
      if (option.number() == CoapOption.URI_QUERY) {
        String query = option.text();
        int equals = query.indexOf('=');
        String value = query.substring(equals + 1);
        switch (query.substring(0, Math.max(0, equals))) {
          case "qos" -> qos = (int) TextProperties.decimal(value, 2);
          case "retain" -> retain = isPut || value.equals("1") || value.equals("true");
          case "expiry" -> expiry = TextProperties.decimal(value, 0xffff_ffffL);
          default -> {} // the gateway refuses what it does not know
        }
      }
    }
    List<CoapOption> content =
        requestOptions.stream().filter(option -> describesContent(option.number())).toList();
    return new CoapEncoding(isConfirmable, retain, qos, expiry, content);
  }

  /** An encoding as a store has it. */
  static CoapEncoding stored(
      boolean isConfirmable,
      boolean isRetain,
      int queryQos,
      long expirySeconds,
      List<CoapOption> options) {
    return new CoapEncoding(isConfirmable, isRetain, queryQos, expirySeconds, options);
  }

  /** An encoding for a message that came over another protocol. */
  static CoapEncoding converted(boolean isDurable, long expiryMillis, List<CoapOption> options) {
    return new CoapEncoding(
        isDurable, false, -1, expiryMillis < 0 ? -1 : (expiryMillis + 999) / 1000, options);
  }

  private static boolean describesContent(int number) {
    return number == CoapOption.CONTENT_FORMAT || number == CoapOption.PROPERTY;
  }

  /** Whether the request was confirmable; a notification is too when the message is durable. */
  public boolean isConfirmable() {
    return isConfirmable;
  }

  /** Whether the message replaces the topic's last value. */
  public boolean isRetain() {
    return isRetain;
  }

  /** The query's {@code qos}, 0 to 2, or -1 when there was none. */
  public int queryQos() {
    return queryQos;
  }

  /** Time to live as published, in seconds, or -1; a notification's Max-Age is what is left. */
  public long expirySeconds() {
    return expirySeconds;
  }

  /** The options that describe the content, in order; unmodifiable. */
  public List<CoapOption> options() {
    return options;
  }

  /** As Hono and EMQX read it: CON asks for at least once, NON for at most once. */
  @Override
  public boolean isDurable() {
    return queryQos >= 0 ? queryQos > 0 : isConfirmable;
  }

  @Override
  public long expiryMillis() {
    return expirySeconds < 0 ? -1 : expirySeconds * 1000;
  }

  @Override
  public int priority() {
    return options.isEmpty() ? 0 : Math.max(0, properties().priority());
  }

  @Override
  public int sizeBytes() {
    int size = OVERHEAD_BYTES;
    for (CoapOption option : options) {
      size += OPTION_OVERHEAD_BYTES + option.length();
    }
    return size;
  }

  @Override
  public Properties properties() {
    return neutral().properties();
  }

  @Override
  public Headers headers() {
    return neutral().headers();
  }

  /** Built on first use; two loops may both build it, to the same result. */
  private Neutral neutral() {
    Neutral known = neutral;
    if (known == null) {
      known = CoapMapping.neutral(this);
      neutral = known;
    }
    return known;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CoapEncoding that
        && isConfirmable == that.isConfirmable
        && isRetain == that.isRetain
        && queryQos == that.queryQos
        && expirySeconds == that.expirySeconds
        && options.equals(that.options);
  }

  @Override
  public int hashCode() {
    return options.hashCode();
  }

  @Override
  public String toString() {
    return "CoapEncoding["
        + (isConfirmable ? "CON" : "NON")
        + (isRetain ? ", retain" : "")
        + (expirySeconds < 0 ? "" : ", expiry=" + expirySeconds + " s")
        + ", "
        + options
        + "]";
  }
}
